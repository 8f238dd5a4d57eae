# SPDX-License-Identifier: Apache-2.0
"""Makes programs at random out of the grammar of doc/language.md, section 4, laid out at random as section 3 allows.

They parse, and mean nothing: names are not bound. What is not made, because a newline or a sign would be ambiguous there: ranges
without an end outside of brackets, ranges without a begin outside of parentheses, reserved words as keys without quotes.
"""

NEEDS_MORE = set("{[(,:=|!") | {"=>", ".", "...", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "??", "*", "/", "%", "+", "let", "assert",
                                "warn", "if", "then", "else", "for", "in"}
NEEDS_BEFORE = set("}]),:=|?") | {"=>", ".", "..", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "??", "*", "/", "%", "+", "then", "else", "in"}
NAMES = ["a", "b", "c1", "_x", "size", "use", "type", "param", "deploy", "cluster", "policy", "language", "as", "min", "h", "d"]
TYPES = ["T", "SlurmQueue", "SubnetId"]
KEYS = ["A", "B", "Name", "a", "use", "cluster", "fn", "type", "at", "min", '"b c"', "'d'", '"if"']
TEXTS = ['"x"', '""', "'y'", "'#'", '"# no comment"', '"${a}"', '"a${b.x["d"]}e"', '"\\n\\"\\${x}"', "'a \\ \"'", '"${ f( 1 , "}" ) }"']
NUMBERS = ["0", "1", "2.50", "1_000", "5 GiB", "5GiB", "10min", "0.5 USD/h", "125  MB/s/TiB", "9 Mbit/s"]
COMMENTS = ["# c", "#", "# hpcc:ignore W0601 -- why", "## doc", "#\ttab \t", "# \u00e4 \u2028"]


class Maker:
    def __init__(self, random_, wild=0.1):
        self.r, self.wild, self.depth = random_, wild, random_.choice([1, 2, 4])
        self.out, self.last, self.open, self.unary = [], "", [], False

    def maybe(self, p=0.5):
        return self.r.random() < p

    # ---- tokens and what stands between them ----

    def end_line(self):
        """A newline, perhaps with comments and empty lines."""
        r, n = self.r, self.r.choice(["\n", "\n", "\n", "\r\n"]) if self.wild > 0.2 else "\n"
        for _ in range(r.choice([1, 1, 1, 1, 2, 3])):
            if self.maybe(self.wild):
                self.out.append(r.choice(["", " ", "   "]) + r.choice(COMMENTS))
            self.out.append(r.choice(["", "", " "]) + n + " " * r.choice([0, 0, 2, 4, 7]))

    def put(self, token):
        if self.last[-3:] in ('"""', "'''"):  # nothing stands behind the quotes of a block
            self.end_line()
            self.last = "\n"
        last = self.last
        free = bool(self.open) and self.open[-1] == "(" or (last in NEEDS_MORE or token in NEEDS_BEFORE) and not self.unary
        if token == "{" and last not in NEEDS_MORE:
            free = False  # a brace stands on the line of what it belongs to
        if last and free and self.maybe(self.wild):
            self.end_line()
        elif last and last != "\n":
            words = (last[-1].isalnum() or last[-1] == "_") and (token[0].isalnum() or token[0] == "_")
            signs = not self.unary and last[-1] in "=.|?!<>+-*/%&:" and token[0] in "=.|?!<>+-*/%&:"
            number = last[-1].isdigit() and token[0] == "."
            blank = "" if self.unary else self.r.choice(["", " ", " ", "  ", "\t"])
            self.out.append(blank or (" " if words or signs or number else ""))
        if token in "([{":
            self.open.append(token)
        elif token in ")]}":
            self.open.pop()
        self.out.append(token)
        self.last, self.unary = token, False

    def sep(self, comma=True):
        if comma and self.last[-3:] not in ('"""', "'''") and self.maybe(0.4):
            self.put(",")
            if self.maybe(0.5):
                self.end_line()
                self.last = "\n"
        else:
            self.end_line()
            self.last = "\n"

    def several(self, make, opening, closing, comma=True, least=0):
        """Entries or items in brackets."""
        self.put(opening)
        n = self.r.choice([0, 1, 1, 2, 3]) if not least else self.r.choice([1, 2])
        for i in range(n):
            if i:
                self.sep(comma)
            make()
        if n and self.maybe(0.2):
            self.sep(comma)
            if self.last == "\n":
                self.last = ","  # so that a bracket may follow
        self.put(closing)

    def arguments(self, make):
        """In parentheses, where commas alone separate."""
        self.put("(")
        n, named = self.r.choice([0, 1, 2, 3]), self.r.choice([1, 2, 9])
        for i in range(n):
            if i:
                self.put(",")
            make(i >= named)
        if n and self.maybe(0.2):
            self.put(",")
        self.put(")")

    def name(self):
        self.put(self.r.choice(NAMES))

    def value(self, depth):
        """An expression, or a block text, behind which a line ends."""
        self.expr(depth) if self.maybe(0.95) else self.block()

    def block(self):
        quotes, n = self.r.choice(['"""', "'''"]), " " * self.r.choice([0, 2, 3])
        lines = [self.r.choice(["x", "  # y", "", "${a}", "\\\\", "\u00e4 "]) for _ in range(self.r.choice([0, 1, 3]))]
        self.put("\n".join([quotes, *(n + line if line else "" for line in lines), n + quotes]))

    # ---- values ----

    def binary(self, below, signs, depth, chain=True):
        below(depth)
        while self.maybe(0.08):
            self.put(self.r.choice(signs))
            below(depth)
            if not chain:
                break

    def expr(self, depth, section=True):
        if depth > 0 and self.maybe(0.12):
            self.put("if")
            self.condition(depth - 1)
            if self.maybe(0.6) or not section:
                self.put("then")
                self.expr(depth - 1, section)
            else:
                self.section(depth - 1)
            if self.maybe():
                self.put("else")
                self.expr(depth - 1, section)
            return
        self.bare = not section
        self.binary(lambda d: self.binary(lambda d2: self.comparison(d2), ["&&"], d), ["||"], depth)

    def condition(self, depth):
        """An expression before a brace: no section in it outside of brackets."""
        if self.maybe(0.3):
            self.put("(")
            self.expr(depth)
            self.put(")")
        else:
            self.simple(depth)
            if self.maybe(0.4):
                self.put(self.r.choice(["==", "<", "&&", "in", "??"]))
                self.simple(depth)

    def comparison(self, depth):
        self.binary(lambda d: self.binary(self.range, ["??"], d), ["==", "!=", "<", "<=", ">", ">=", "in"], depth, chain=False)

    def range(self, depth):
        self.sum(depth)
        if self.maybe(0.04):
            self.put("..")
            self.simple(depth)

    def sum(self, depth):
        self.binary(lambda d: self.binary(self.negated, ["*", "/", "%"], d), ["+", "-"], depth)

    def negated(self, depth):
        while self.maybe(0.06):
            self.put(self.r.choice("-!"))
            self.unary = True
        self.postfix(depth)

    def postfix(self, depth):
        r = self.r
        if depth <= 0 or self.maybe(0.5):
            self.simple(depth, suffix=False)
        else:
            kind = r.choice(["(", "[", "{", "{"])
            if kind == "(":
                self.put("(")
                if self.maybe(0.1):
                    self.put("..")
                    self.simple(0)
                else:
                    self.expr(depth - 1)
                self.put(")")
            elif kind == "[":
                self.several(lambda: self.element(depth - 1), "[", "]")
            else:
                self.section(depth - 1)
        self.suffixes(depth)

    def simple(self, depth, suffix=True):
        kind = self.r.random()
        if kind < 0.25:
            self.put(self.r.choice(NUMBERS))
            return
        if kind < 0.5:
            self.put(self.r.choice(TEXTS))
        elif kind < 0.6:
            self.put(self.r.choice(["true", "false", "null"]))
            return
        else:
            self.name()
            if self.maybe(0.3) and depth > 0:
                self.tight(lambda: self.arguments(lambda named: self.argument(depth - 1, named)))
        if suffix:
            self.suffixes(depth)

    def tight(self, make):
        """A bracket of a call or selector stands on the line of what it belongs to."""
        wild, self.wild = self.wild, 0
        begin = len(self.out)
        make_open = self.open[-1:] == ["("]
        if make_open:
            self.open.append("[")  # no newline before it, though parentheses would allow one
        token = self.put

        def first(sign):
            token(sign)
            self.wild, self.put = wild, token
            if make_open:
                self.open.pop(-2)
        self.put = first
        make()
        self.wild, self.put = wild, token
        assert len(self.out) > begin

    def suffixes(self, depth):
        while depth > 0 and self.maybe(0.15):
            if self.maybe():
                self.put(".")
                self.put(self.r.choice(NAMES[:6]))
            else:
                def selector():
                    self.put("[")
                    self.expr(depth - 1)
                    self.put("]")
                self.tight(selector)

    def argument(self, depth, named):
        if named:
            self.name()
            self.put(":")
        self.expr(depth)

    def clauses(self, depth):
        self.put("for")
        while True:
            self.name()
            if self.maybe(0.3):
                self.put(",")
                self.name()
            self.put("in")
            self.condition(depth)
            if self.maybe(0.2):
                self.put("if")
                self.condition(depth)
            if self.maybe(0.8):
                return
            self.put("for")

    def element(self, depth):
        if self.maybe(0.15):
            self.put("...")
            self.expr(depth)
        elif depth > 0 and self.maybe(0.2):
            self.clauses(depth)
            if self.maybe():
                self.put("=>")
                self.expr(depth - 1)
            else:
                self.section(depth - 1)
        else:
            self.expr(depth)

    # ---- sections ----

    def path(self, depth):
        self.put(self.r.choice(KEYS))
        while self.maybe(0.2):
            if self.maybe():
                self.put(".")
                self.put(self.r.choice(KEYS))
            else:
                def selector():
                    self.put("[")
                    self.put("*") if self.maybe(0.3) else self.expr(depth - 1)
                    self.put("]")
                self.tight(selector)
        if self.maybe(0.1):
            def more():
                self.put("[")
                self.put("+")
                self.put("]")
            self.tight(more)

    def section(self, depth):
        self.several(lambda: self.entry(depth), "{", "}")

    def check(self, depth):
        self.put(self.r.choice(["assert", "warn"]))
        self.expr(depth)
        if self.maybe(0.3):
            self.put("at")
            self.expr(depth)
        if self.maybe():
            self.put(":")
            self.expr(depth)

    def let(self, depth):
        self.put("let")
        self.name()
        if self.maybe(0.2):
            self.put(":")
            self.type(2)
        self.put("=")
        self.value(depth)

    def branches(self, depth, body):
        self.put("if")
        self.condition(depth)
        body(depth - 1)
        while self.maybe(0.3):
            self.put("else")
            if self.maybe():
                body(depth - 1)
                return
            self.put("if")
            self.condition(depth)
            body(depth - 1)

    def entry(self, depth):
        kind = self.r.random()
        if depth <= 0 or kind < 0.6:
            self.path(depth)
            if self.maybe(0.7):
                self.put(":")
                self.value(depth)
            else:
                self.section(depth - 1)
        elif kind < 0.7:
            self.put("...")
            self.expr(depth)
        elif kind < 0.78:
            self.let(depth)
        elif kind < 0.85:
            self.check(depth)
        elif kind < 0.93:
            self.branches(depth, self.section)
        else:
            self.clauses(depth)
            self.section(depth - 1)

    # ---- types and items ----

    def type(self, depth):
        kind = self.r.random()
        if kind < 0.2:
            self.put(self.r.choice(['"a"', "1", "5 GiB"]))
            while self.maybe():
                self.put("|")
                self.put(self.r.choice(['"b"', "2"]))
        elif kind < 0.4 and depth > 0:
            self.put("[")
            self.type(depth - 1)
            self.put("]")
        elif kind < 0.6 and depth > 0:
            if self.maybe(0.2):
                self.put("{")
                self.put("...")
                self.put(":")
                self.type(depth - 1)
                self.put("}")
            else:
                self.several(lambda: self.field(depth - 1), "{", "}", least=1)
        else:
            self.put(self.r.choice(["int", "string", "any", *TYPES]))
            if self.maybe(0.2):
                def limits():
                    self.put("(")
                    self.simple(1)
                    self.put("..")
                    self.put("2") if self.maybe() else None
                    self.put(")")
                self.tight(limits)
        if self.maybe(0.1):
            self.put("?")

    def field(self, depth):
        self.put(self.r.choice(["f", "g", "H"]))
        self.put(":")
        self.type(depth)
        if self.maybe(0.3):
            self.put("=")
            self.expr(1)

    def parameter(self, _named=False):
        self.name()
        if self.maybe():
            self.put(":")
            self.type(2)
        if self.maybe(0.3):
            self.put("=")
            self.expr(2)

    def fn(self):
        self.put("fn")
        self.name()
        self.tight(lambda: self.arguments(self.parameter))
        if self.maybe(0.4):
            self.put(":")
            self.type(2)
        if self.maybe():
            self.put("=")
            self.expr(self.depth)
        else:
            self.section(self.depth)

    def declaration(self, in_loop):
        self.put(self.r.choice(["cluster", "batch", "environment"]))
        self.put(self.r.choice(["x", "y1", '"a"', '"${a}b"' if in_loop else '"b-c"']))
        self.section(self.depth)

    def nested(self, depth, in_loop):
        """Items in the braces of an `if` or `for` of the file."""
        self.several(lambda: self.around(depth, in_loop), "{", "}", comma=False)

    def around(self, depth, in_loop=False):
        kind = self.r.random()
        if depth <= 0 or kind < 0.5:
            self.declaration(in_loop)
        elif kind < 0.75:
            self.put("if")
            self.condition(2)
            self.nested(depth - 1, in_loop)
            if self.maybe(0.3):
                self.put("else")
                self.nested(depth - 1, in_loop)
        else:
            self.clauses(2)
            self.nested(depth - 1, True)

    def item(self):
        r, kind = self.r, self.r.choice(["use", "param", "let", "let", "fn", "fn", "type", "policy", "check", "around", "around"])
        if kind == "use":
            self.put("use")
            if self.maybe():
                self.put(r.choice(['"./x.hpc"', "'y.hpc'"]))
                if self.maybe():
                    self.put("as")
                    self.put("m")
            else:
                self.put("std")
                self.put("/")
                self.put(r.choice(["gpu", "policy", "use"]))
        elif kind == "param":
            if self.maybe(0.3):
                self.put("deploy")
            self.put("param")
            self.parameter_of_file()
        elif kind == "let":
            self.let(self.depth)
        elif kind == "fn":
            self.fn()
        elif kind == "type":
            self.put("type")
            self.put(r.choice(TYPES))
            self.put("=")
            self.type(self.depth)
        elif kind == "policy":
            self.put("policy")
            self.name()
            self.put("(")
            self.name()
            self.put(":")
            self.put("Cluster")
            self.put(")")
            self.several(lambda: self.check(2) if self.maybe(0.6) else self.let(2), "{", "}")
        elif kind == "check":
            self.check(self.depth)
        else:
            self.around(min(self.depth, 2))

    def parameter_of_file(self):
        self.name()
        self.put(":")
        self.type(2)
        if self.maybe():
            self.put("=")
            self.expr(2)


def program(random_):
    """The text of a program."""
    maker = Maker(random_, random_.choice([0, 0.05, 0.1, 0.3]))
    if maker.maybe(0.1):
        maker.put("language")
        maker.put("1")
        maker.sep(comma=False)
    for i in range(random_.choice([1, 2, 4])):
        if i:
            maker.sep(comma=False)
        maker.item()
    text = "".join(maker.out)
    return text + random_.choice(["", "\n", "\n\n", "  # end\n", "\n# end"])
