#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the scripts of nodes against one mistake: that no answer is taken for an empty one.

A question is a command whose output is used and that asks somebody who may not answer: Slurm's daemons, AWS, the
metadata service, a server. So is a function that puts one. Of each question
- the status is looked at: `x=$(ask) || ...`, `if x=$(ask)`, `ask || return`, or it is that of the function itself;
- it is not thrown away (`x=$(ask) || :`), nor is what is said of it all that happens (`x=$(ask) || log ...`);
- it is not in front of a pipe, alone or in a loop or group there, nor inside an argument, a list of `for` or a here-document, where
  the status is lost; of several in one word the status is that of the last;
- there is a bound in time: Slurm's commands are functions of base.sh (sacctmgr: of accounting/), aws and imds have their own, curl is given one.

usage: answers.py [ROOT]; prints each fault, ends with 1 when there are any.
"""
import glob
import os
import re
import sys

# (file, what stands in the line, why it may)
MAY = [
]
CONDITIONS = {"if", "elif", "while", "until"}
KEYWORDS = CONDITIONS | {"then", "else", "do", "{", "!", "("}
SLURM = {"sinfo", "squeue", "sacctmgr", "scontrol"}
END = {"}", "fi", "done", "esac", ")"}


class Command:
    """One simple command: its words, what stands in front (keywords), what follows, substitutions in it."""

    def __init__(self, line):
        self.line, self.words, self.front, self.after, self.subs, self.to_file = line, [], [], "", [], False

    def assigns(self):
        return bool(self.words) and all(re.match(r"\w+=", word) for word in self.words)


class Reader:
    """Commands of a script, in order; those of a $( ) hang below the command that it stands in."""

    def __init__(self, text, line=1, stop=None):
        self.text, self.at, self.line, self.stop, self.heres = text, 0, line, stop, []

    def look(self, text):
        return self.text.startswith(text, self.at)

    def take(self, n=1):
        part = self.text[self.at:self.at + n]
        self.line += part.count("\n")
        self.at += n
        return part

    def here(self, command):
        """Bodies of here-documents at the end of a line."""
        for tabs, word, plain in self.heres:
            while self.at < len(self.text):
                end = self.text.find("\n", self.at)
                body = self.text[self.at:len(self.text) if end < 0 else end]
                line = self.line
                self.take(len(body) + 1)
                if (body.lstrip("\t") if tabs else body) == word:
                    break
                if not plain:
                    reader = Reader('"' + body.replace('"', "'") + '"', line)
                    command.subs += [sub for inner in reader.commands() for sub in inner.subs]
        self.heres = []

    def substitution(self, command):
        line = self.line
        self.take(2)
        if self.look("("):  # arithmetic
            depth = 1
            while depth and self.at < len(self.text):
                if self.look("$(") and not self.look("$(("):
                    self.substitution(command)
                    continue
                depth += {"(": 1, ")": -1}.get(self.take(), 0)
            return
        inner = Reader(self.text[self.at:], line, ")")
        command.subs.append(inner.commands())
        self.take(inner.at)

    def word(self, command):
        first, quote = self.at, False
        while self.at < len(self.text):
            sign = self.text[self.at]
            if self.look("$("):
                self.substitution(command)
            elif sign == "\\":
                self.take(2)
            elif sign == "`":  # nobody reads what is in it: it is a question whose status is lost
                self.take()
                command.subs.append([Command(self.line)])
                command.subs[-1][0].words = ["imds", "`"]
                command.subs[-1][0].after = "|"
            elif sign == '"':
                quote = not quote
                self.take()
            elif quote:
                self.take()
            elif sign == "'":
                self.take(self.text.index("'", self.at + 1) + 1 - self.at)
            elif sign in " \t\n;|&()<>":
                break
            else:
                self.take()
        return self.text[first:self.at]

    def commands(self):
        found, command, cases = [], None, []

        def end(after):
            nonlocal command
            if command is not None:
                command.after = after
                found.append(command)
            command = None

        while self.at < len(self.text):
            sign = self.text[self.at]
            pattern = bool(cases) and cases[-1]
            if sign in " \t" or self.look("\\\n"):
                self.take(2 if sign == "\\" else 1)
            elif sign == "#":
                self.take(self.text.find("\n", self.at) - self.at if "\n" in self.text[self.at:] else len(self.text))
            elif sign == "\n":
                self.take()
                last = command or (found[-1] if found else None)
                if self.heres:
                    self.here(last)
                end("\n")
            elif pattern:
                if sign == ")":
                    cases[-1] = False
                    self.take()
                elif self.word(Command(self.line)) == "esac":
                    cases.pop()
                    found.append(self.keyword("esac"))
                elif self.text[self.at] in "|(":
                    self.take()
            elif sign == ")":
                if self.stop == ")":
                    end(")")
                    self.take()
                    return found
                end(")")
                self.take()
                command = self.keyword(")")
            elif self.look("<<"):
                match = re.compile(r"<<(-?)\s*(['\"]?)(\w+)['\"]?").match(self.text, self.at)
                self.heres.append((match.group(1), match.group(3), match.group(2)))
                self.take(len(match.group(0)))
            elif sign in "<>" or re.compile(r"\d[<>]").match(self.text, self.at):
                match = re.compile(r"\d?(>>|>&|<&|>\||[<>])\s*").match(self.text, self.at)
                command = command or Command(self.line)
                self.take(len(match.group(0)))
                target = self.word(command)
                if match.group(1) in (">", ">>", ">|") and match.group(0)[0] != "2" and target != "/dev/null":
                    command.to_file = True
            elif self.look("||") or self.look("&&") or self.look(";;"):
                after = self.take(2)
                end(after)
                if after == ";;":
                    cases[-1] = True
            elif sign in "|;&":
                end(self.take())
            elif sign == "(":
                self.take()
                if command is not None and self.look(")"):  # NAME()
                    self.take()
                    command.words.append("()")
                    end("()")
                else:
                    command = Command(self.line)
                    command.front.append("(")
            else:
                command = command or Command(self.line)
                word = self.word(command)
                if not command.words and word in KEYWORDS:
                    command.front.append(word)
                elif not command.words and word in END:
                    command.words.append(word)
                elif word == "in" and command.words[:1] == ["case"]:
                    end("in")
                    cases.append(True)
                elif word == "in" and command.words[:1] == ["for"]:
                    command.words.append(word)
                else:
                    command.words.append(word)
                    if word == "esac":
                        cases.pop()
        end("")
        return found

    def keyword(self, word):
        command = Command(self.line)
        command.words.append(word)
        return command


def bare(words):
    """The words without what runs others."""
    words = [w for w in words if w]
    while words:
        if re.match(r"\w+=", words[0]) and len(words) > 1 or words[0] in ("env", "sudo"):
            words = words[1:]
        elif words[0] == "timeout":
            words = words[1:]
            while words[:1] and words[0].startswith("-"):
                words = words[2:] if words[0] in ("-k", "-s") else words[1:]
            words = words[1:]
        elif words[0] == "xargs":
            words = words[1:]
            while words[:1] and words[0].startswith("-"):
                words = words[2:] if re.fullmatch(r"-\w*[nIdLP]", words[0]) else words[1:]
        elif words[0] == "retry" or words[0] == "try":
            words = words[3:]
        elif words[0] in ("optional", "step", "command", "exec"):
            words = words[1:]
        else:
            break
    return words


def asks(command, askers):
    """Does it put a question? Orders (scontrol update) are none."""
    words = bare(command.words)
    if not words:
        return False
    if words[0] == '"$PYTHON"':
        return bool(re.search(r"/(aws|imds|fetch)\.py", words[1] if len(words) > 1 else ""))
    words = words[:1] + [w for w in words[1:] if not re.fullmatch(r"-\w", w)]
    if words[0] == "scontrol":
        return words[1:2] == ["ping"] or (words[1:2] == ["show"] and words[2:3] not in (["hostnames"], ["hostlist"]))
    if words[0] == "sacctmgr":
        return bool({"list", "show"} & set(words))
    if words[0] == "aws":
        return bool(re.match(r"(Describe|RunInstances|CreateFleet|Get|List|describe|get|list)", "".join(words[2:3]))) or \
            bool({"secretsmanager", "s3"} & set(words[1:2])) or "describe" in " ".join(words)
    return words[0] in {"sinfo", "squeue", "imds", "curl"} | askers


def walk(commands, inside=()):
    """(list, index, outer commands) of every command; an outer one with whether this substitution is its last."""
    for index, command in enumerate(commands):
        yield commands, index, inside
        for sub in command.subs:
            yield from walk(sub, inside + ((command, sub is command.subs[-1]),))


def in_piped(commands, index):
    """Does it stand in a loop or a group in front of a pipe?"""
    depth = 0
    for command in commands[index + 1:]:
        depth += sum(word in ("do", "{", "(", "if") for word in command.front) + (command.words[:1] == ["case"])
        if command.words[:1] and command.words[0] in ("}", "fi", "done", "esac", ")"):
            if depth == 0 and (command.after == "|" or command.to_file and command.words[0] == "done"):
                return True
            depth = max(0, depth - 1)
    return False


def functions_of(commands):
    """Name of the function that each command of the top level stands in."""
    name, depth, names = None, 0, []
    for command in commands:
        if command.after == "()":
            name, depth = command.words[0], 0
        depth += command.front.count("{")
        if command.words == ["}"]:
            depth -= 1
        names.append(name)
        if depth == 0 and command.words == ["}"]:
            name = None
    return names


def looked_at(commands, index):
    """None, or what is wrong with the status of the command, where its own place decides."""
    command = commands[index]
    if command.after == "|":
        return "in front of a pipe"
    following = commands[index + 1] if index + 1 < len(commands) else None
    if command.after == "||" and command.assigns() and following is not None:
        if following.words in ([":"], ["true"]):
            return "its status is thrown away"
        if following.words[:1] == ["log"] and following.after == "\n" and not following.front:
            return "it goes on without an answer"
    if command.after in ("||", "&&"):
        return None
    if in_piped(commands, index):
        return "inside of what is in front of a pipe"
    # The head of a loop or a branch; the keyword may stand before an earlier part of the pipeline.
    first = index
    while first > 0 and commands[first - 1].after in ("|", "||", "&&"):
        first -= 1
    if CONDITIONS & set(commands[first].front):
        return None
    if following is None or following.words[:1] == ["}"] or any("$?" in word for word in following.words):
        return None
    if following.words == [")"]:
        return looked_at(commands, index + 1)
    # The end of a branch that is the end of a function.
    rest = [c.words[:1] for c in commands[index + 1:]]
    while rest and rest[0] and rest[0][0] in ("fi", "esac"):
        rest = rest[1:]
        if rest and rest[0] == ["}"]:
            return None
    return "its status is not looked at"


def faults_of(name, text, askers):
    commands = Reader(text).commands()
    for where, index, outers in walk(commands):
        command = where[index]
        if not asks(command, askers):
            continue
        words = bare(command.words)
        what = " ".join(words[:3])
        if words[0] == "curl" and not re.search(r" (-\w*[ym]|--max-time) ", " ".join(command.words)) and \
                "timeout" not in command.words:
            yield command.line, f"{what}: without a bound in time"
        wrong = looked_at(where, index) if outers or command.after == "|" or command.to_file or in_piped(where, index) else None
        for outer, last in reversed(outers):
            if wrong:
                break
            if where[index] is not where[-1] and command.after not in ("", ")", "\n", "}"):
                break
            if not last:
                wrong = "the status is that of another"
                break
            if not outer.assigns():
                wrong = "inside an argument"
                break
            for holder, place, _ in walk(commands):
                if holder[place] is outer:
                    wrong = looked_at(holder, place)
        if wrong:
            yield command.line, f"{what}: {wrong}"


def askers_of(texts):
    """Functions that put a question and print what they hear, and those that call them."""
    found, calls = set(), {}
    for text in texts.values():
        commands = Reader(text).commands()
        for command, name in zip(commands, functions_of(commands)):
            if name and command.after != "()":
                calls.setdefault(name, []).append(command)
    while True:
        more = {name for name in calls if name not in found and any(
            asks(c, found) for top in calls[name] for c in [top] + [w[i] for s in top.subs for w, i, _ in walk(s)])}
        if not more:
            return found
        found |= more


def main(root):
    folder, texts, faults, used = os.path.join(root, "templates"), {}, [], set()
    for path in sorted(glob.glob(os.path.join(folder, "**", "*.sh"), recursive=True)):
        with open(path, encoding="utf-8") as file:
            texts[os.path.relpath(path, folder)] = file.read()
    askers = askers_of(texts) - {"scontrol", "sinfo", "squeue", "sacctmgr", "aws", "imds", "log", "die", "retry", "finish"}
    for name, text in texts.items():
        lines = text.splitlines()
        for line, fault in faults_of(name, text, askers):
            row = next((i for i, (file, what, _) in enumerate(MAY) if file == name and
                        re.search(what, lines[line - 1])), None)
            if row is None:
                faults.append(f"{name}:{line}: {fault}: {lines[line - 1].strip()}")
            used.add(row)
    faults += [f"answers.py: {file} has no such line: {what}" for i, (file, what, _) in enumerate(MAY)
               if i not in used]
    faults += [f"{name} has no bound in time" for name in sorted(SLURM)
               if any(re.search(rf"(?m)^[^#]*\b{name} ", text) for text in texts.values()) and
               not any(f"{name}() {{\n\ttimeout" in text for text in texts.values())]
    # The check must find what it is there for, and nothing else.
    for text in ("x=$(sinfo -h)\nlog a\n", "x=$(sinfo -h | awk 1) || die\n", "log \"$(imds a)\"\n", "sinfo | while read a; do\n:\ndone\n",
                 "for a in $(squeue); do\n:\ndone\n", "cat <<END\n$(imds a)\nEND\n", "x=$(curl a) || die\n",
                 "a=$(b=$(imds x); echo 1) || die\n", "x=`imds a`\nlog\n", "{\n\timds a\n\techo b\n} | sort || die\n", "(imds a) | sort\n",
                 "while read a; do\n\timds \"$a\"\ndone <x | sort\n", "for a in b; do\n\tsinfo \"$a\"\ndone >x\n", "imds a >x\nlog\n",
                 "x=$(imds a) y=$(imds b) || die\n", "x=$(imds a)$(imds b) || die\n", "x=$(imds a) || :\n", "x=$(imds a) || log none\necho\n",
                 "x=$(timeout -k 5 20 sinfo)\nlog\n", "x=$(env A=b sinfo)\nlog\n", "x=$(scontrol -o show node a)\nlog\n",
                 "x=$(aws s3 s3://a/b c)\nlog\n", "x=$(\"$PYTHON\" /etc/hpcc/fetch.py)\nlog\n", "x=$(xargs -n 5 aws ec2 DescribeInstances)\nlog\n",
                 "export x=$(imds a)\nlog\n", "x=${1:-$(imds a)}\nlog\n", "until sinfo | grep -q b; do\n:\ndone\n",
                 "[ \"$(imds a)\" = b ] || die\n", "case $(imds a) in\nb) : ;;\nesac\n", "x=$(aws ec2 DescribeInstances)\ny=1\n", "case $1 in\na) x=$(imds b) ;;\nesac\nlog\n"):
        if not list(faults_of("control.sh", text, set())):
            faults.append(f"answers.py: silent about: {text!r}")
    for text in ("x=$(sinfo -h) || die\n", "if x=$(aws ec2 DescribeInstances a); then\n:\nfi\n", "f() {\n\tx=$(imds a)\n}\n",
                 "while x=$(squeue); do\n:\ndone\n", "x=$(scontrol show hostnames a | sort)\n", "scontrol update a\n",
                 "x=$(sinfo)\nstatus=$?\n", "(x=$(imds a)) || die\n", "while read a; do\n\timds \"$a\" || exit\ndone | sort\n", "imds a >x || die\n",
                 "x=$(imds a) || x=\n", "for a in b; do\n\tc\ndone | sort\nsinfo || die\n", "sinfo >/dev/null\n", "scontrol ping >&2\n", "x=$(y=$(imds a) && echo \"$y\" | sort) || return\n"):
        for _, fault in faults_of("control.sh", text, set()):
            faults.append(f"answers.py: {fault}: {text!r}")
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
