# SPDX-License-Identifier: Apache-2.0
"""What a program may repeat, for sweep.py: PROGRAMS has for each kind how it is written, and how often at most.

A program has at most 1 MiB and an evaluation a million steps; a list has at most 10,000 items and a chain of operators
5,000. MOST keeps the kinds below these, since a run that stops at a limit shows nothing.
"""
CLUSTER = """cluster c {
  Region: "us-east-1"
  Image.Os: "alinux2023"
  HeadNode { InstanceType: "m5.xlarge", Networking.SubnetId: "subnet-0123456789abcdef0", Ssh.KeyName: "key" }
  Scheduling {
    Scheduler: "slurm"
    SlurmQueues: [{
      Name: "all"
      Networking.SubnetIds: ["subnet-0123456789abcdef0"]
      ComputeResources: [{ Name: "r", InstanceType: "c5.xlarge", MaxCount: 2 }]
    }]
  }
<more>}
"""
BYTES, STEPS, ITEMS, CHAIN = 1 << 20, 300_000, 9_000, 4_800
PROGRAMS = {}


def each(n, form, between=""):
    """form n times, with the number in place of @."""
    return between.join(form.replace("@", str(i)) for i in range(n))


def cluster(more):
    """A cluster with more entries; a program before it stands in front."""
    return CLUSTER.replace("<more>", more)


def kind(name, make, most=STEPS):
    PROGRAMS["program_" + name] = (make, most)


# ---- text ----
kind("comments", lambda n: "# x\n" * n)
kind("comments_of_blocks", lambda n: "/* x */\n" * n)
kind("comments_of_items", lambda n: each(n, "## x\nlet _a@ = 1\n"))
kind("lines", lambda n: "\n" * n)
kind("words", lambda n: "x " * n)
kind("signs", lambda n: "+ " * n)
kind("unknown_signs", lambda n: "@ " * n)
kind("commas", lambda n: "," * n)
kind("digits", lambda n: "let _a = " + "1" * n + "\n")
kind("text", lambda n: 'let _a = "' + "x" * n + '"\n', BYTES)
kind("text_escapes", lambda n: 'let _a = "' + "\\n" * n + '"\n', BYTES)
kind("text_block", lambda n: 'let _a = """\n' + "  x\n" * n + '  """\n')
kind("text_raw_block", lambda n: "let _a = '''\n" + "  x\n" * n + "  '''\n")
kind("text_parts", lambda n: 'let b = 1\nlet _a = "' + "${b}" * n + '"\n')
kind("text_in_text", lambda n: 'let _a = ' + '"${' * n)
kind("texts_unclosed", lambda n: 'let _a = "x\n' * n)
kind("brackets", lambda n: "let _a = " + "[" * n + "]" * n + "\n")
kind("braces_unclosed", lambda n: "let _a = " + "{" * n)
kind("brackets_of_other_kinds", lambda n: "let _a = " + "[(" * n)
kind("brackets_closed_only", lambda n: "]" * n)
kind("brackets_closed_in_one", lambda n: "let _a = {\n[" + "}" * n)
kind("brackets_closed_by_others", lambda n: "let _a = {\n" + '  a: "x")\n' * n + "}\n")
kind("lines_indented_under_brackets", lambda n: " " * n + "let _a = [\n" + "1\n" * n)
kind("values_missing", lambda n: "let _a = ;\n" * n)
kind("values_missing_of_sums", lambda n: "let _a = 1 +\n" * n)
kind("values_missing_of_conditions", lambda n: "let _a = if true then\n" * n)
kind("types_missing", lambda n: "type T =\n" * n)
kind("values_closed", lambda n: "let _a = }\n" * n)
kind("colons_behind_values", lambda n: "let _a = {" + " a: 1 : 2," * n + "}\n")
kind("colons_behind_values_indented", lambda n: "let _a = {\n" + " " * n + "a: 1 : 2," * n + "}\n")
kind("addresses_bare", lambda n: "let _a = {\n" + each(n, "  a@: arn:aws:x\n") + "}\n")
kind("interpolations_unclosed", lambda n: "let _a = " + '"${b" c ' * n + "\n")
kind("interpolations_over_lines", lambda n: 'let _a = "${b\n' * n)
kind("signs_of_others", lambda n: "let _a = b :: c\n" * n)
kind("signs_hidden", lambda n: "# \u202e\n" * n)
kind("returns", lambda n: "let _a = 1\r" * n)
kind("dashes", lambda n: "let _a = [\n" + "  - 1\n" * n + "]\n")
kind("dashes_of_sections", lambda n: "cluster c {\n" + "  a:\n    - b: c\n" * n + "}\n")
kind("text_blocks_of_yaml", lambda n: "cluster c {\n" + each(n, "  a@: |\n    x\n") + "}\n")
kind("entries_without_commas", lambda n: "let _a = { " + each(n, "a@: 1 ") + "}\n")
kind("values_in_braces", lambda n: "let _a = {" + "1, " * n + "}\n")
kind("parameters_without_colon", lambda n: "fn _f(" + each(n, "a@ int", ", ") + ") = 1\n")
kind("tags_of_others", lambda n: each(n, "let _a@ = !Ref b\n"))
kind("nonsense", lambda n: "let let = = ) {\n" * n)
kind("habits_of_yaml", lambda n: "a:\n" + "  - b: c\n" * n)

# ---- names ----
kind("lets", lambda n: each(n, "let _a@ = 1\n"))
kind("lets_unused", lambda n: each(n, "let a@ = 1\n"))
kind("lets_in_chain", lambda n: "let a0 = 1\n" + "".join(f"let a{i} = a{i - 1}\n" for i in range(1, n)))
kind("lets_backwards", lambda n: "".join(f"let _a{i} = _a{i + 1}\n" for i in range(n)) + f"let _a{n} = 1\n")
kind("lets_in_circle", lambda n: "".join(f"let _a{i} = _a{(i + 1) % n}\n" for i in range(n)))
kind("lets_twice", lambda n: "let _a = 1\n" * n)
kind("lets_of_a_function", lambda n: "fn f(): any {\n" + each(n, "  let _b@ = 1\n") + "  x: 1\n}\nlet _a = f()\n")
kind("unknown_names", lambda n: each(n, "let _a@ = b@\n"))
kind("unknown_names_same", lambda n: each(n, "let _a@ = bb + 1\n"))
kind("unknown_modules", lambda n: each(n, "let _a@ = network.f(@)\n"))
kind("names_twice_used", lambda n: "let a = 1\nlet a = 2\n" + each(n, "let _b@ = a\n"))
kind("unknown_names_alike", lambda n: each(n, "let name@ = nam@\n"))
kind("functions", lambda n: each(n, "fn _f@(a: int): int = a\n"))
kind("functions_called", lambda n: each(n, "fn f@(a: int): int = a\nlet _a@ = f@(1)\n"))
kind("parameters", lambda n: "fn _f(" + each(n, "a@: int", ", ") + "): int = 1\n")
kind("arguments", lambda n: "fn f(" + each(n, "a@: int = 1", ", ") + "): int = 1\nlet _a = f(" + each(n, "a@: 2", ", ") + ")\n", ITEMS)
kind("settings", lambda n: each(n, "param _p@: int = 1\n"))
kind("types", lambda n: each(n, "type T@ = { a: int }\nlet _a@: T@ = { a: 1 }\n"))
kind("types_in_chain", lambda n: "type T0 = int\n" + "".join(f"type T{i} = T{i - 1}\n" for i in range(1, n)) + f"let _a: T{n - 1} = 1\n")
kind("type_of_fields", lambda n: "type T = {" + each(n, "a@: int", ", ") + "}\nlet _a: T = {" + each(n, "a@: 1", ", ") + "}\n", ITEMS)
kind("type_of_choices", lambda n: "type T = " + each(n, '"v@"', " | ") + "\n" + each(n, 'let _a@: T = "v@"\n'), CHAIN)
kind("type_of_choices_numbers", lambda n: "type T = " + each(n, "@", " | ") + "\n" + each(n, "let _a@: T = @\n"), CHAIN)
kind("type_of_choices_missed", lambda n: "type T = " + each(n, '"v@"', " | ") + "\n" + each(n, 'let _a@: T = "w@"\n'), CHAIN)
kind("type_of_choices_compared", lambda n: "type T = " + each(n, '"v@"', " | ") + '\nlet a: T = "v1"\n' + each(n, 'let _a@ = a == "v@"\n'), CHAIN)

# ---- operators ----
kind("sum", lambda n: "let _a = " + "1 + " * n + "1\n", CHAIN)
kind("sum_of_texts", lambda n: 'let _a = "" ' + '+ "x"' * n + "\n", CHAIN)
kind("conjunction", lambda n: "let _a = " + "true && " * n + "true\n", CHAIN)
kind("otherwise", lambda n: "let _a = " + "null ?? " * n + "1\n", CHAIN)
kind("negations", lambda n: "let _a = " + "!" * n + "true\n", CHAIN)
kind("minuses", lambda n: "let _a = " + "-" * n + "1\n", CHAIN)
kind("members", lambda n: "let b = {}\nlet _a = b" + ".x" * n + "\n", CHAIN)
kind("conditions", lambda n: "let _a = " + "if false then 1 else " * n + "2\n", CHAIN)
kind("sums", lambda n: each(n, "let _a@ = 1 + 2 * 3\n"))

# ---- values ----
kind("list", lambda n: "let _a = [" + "1, " * n + "]\n", ITEMS)
kind("list_of_lines", lambda n: "let _a = [\n" + "  1\n" * n + "]\n", ITEMS)
kind("list_of_rounds", lambda n: f"let _a = [for i in 1..{n} => i]\n", ITEMS)
kind("list_of_rounds_of_a_section", lambda n: f"let _a = [for i in 1..{n} {{ Name: \"n${{i}}\", Value: i }}]\n", ITEMS)
kind("list_of_a_call", lambda n: f"fn f(a: int): int = a + 1\nlet _a = [for i in 1..{n} => f(i)]\n", ITEMS)
kind("list_of_conditions", lambda n: f"let _a = [for i in 1..{n} if i % 2 == 0 => i]\n", ITEMS)
kind("list_in_a_list", lambda n: f"let b = [for i in 1..{n} => i]\nlet _a = [for x in b if x in [1, 2] => x]\n", ITEMS)
kind("lists_added", lambda n: f"let b = [for i in 1..{n} => i]\nlet _a = len([...b, ...b])\n", ITEMS // 2)
kind("lists_alike", lambda n: f"let b = [for i in 1..{n} => i]\nlet c = [for i in 1..{n} => i]\nlet _a = b == c\n", ITEMS)
kind("items_by_number", lambda n: f"let b = [for i in 1..{n} => i]\nlet _a = [for i in 0..{n - 1} => b[i]]\n", ITEMS)
kind("section", lambda n: "let _a = {\n" + each(n, "  a@: 1\n") + "}\n", ITEMS)
kind("section_keys_twice", lambda n: "let _a = {\n" + "  a: 1\n" * n + "}\n", ITEMS)
kind("section_spread", lambda n: "let b = {\n" + each(n, "  a@: 1\n") + "}\nlet _a = { ...b, x: 1 }\n", ITEMS)
kind("section_of_spreads", lambda n: "let b = { x: 1 }\nlet _a = {\n" + "  ...b\n" * n + "}\n", ITEMS)
kind("section_members", lambda n: "let b = {\n" + each(n, "  a@: 1\n") + "}\n" + each(n, "let _c@ = b.a@\n"), ITEMS)
kind("section_members_missed", lambda n: "let b = {\n" + each(n, "  kk@: 1\n") + "}\n" + each(n, "let _c@ = b.kk@q\n"), ITEMS)
kind("fields_missed", lambda n: "type T = {" + each(n, "a@: int = 1", ", ") + "}\nlet _a: T = {" + each(n, "a@q: 1", ", ") + "}\n", ITEMS)
kind("section_paths", lambda n: "let _a = {\n" + each(n, "  b.a@: 1\n") + "}\n", ITEMS)
kind("sections_merged", lambda n: "let b = {\n" + each(n, "  a@: 1\n") + "}\nlet _a = merge(b, b)\n", ITEMS)
kind("sections_keys", lambda n: "let b = {\n" + each(n, "  a@: 1\n") + "}\nlet _a = [for k in keys(b) => b[k]]\n", ITEMS)
kind("facts", lambda n: each(n, 'let _a@ = instance("c5.xlarge").vcpus\n'), ITEMS)
kind("facts_in_rounds", lambda n: f'let _a = [for i in 1..{n} => instance("c5.xlarge").vcpus]\n', ITEMS)
kind("texts_split", lambda n: 'let b = "' + "x," * n + '"\nlet _a = join(split(b, ","), ";")\n', ITEMS)
kind("texts_replaced", lambda n: 'let b = "' + "x," * n + '"\nlet _a = replace(b, ",", ";;")\n', STEPS)
kind("texts_searched", lambda n: 'let b = "' + "x," * n + "\"\nlet _a = match(b, '^(x,)*y')\n", STEPS)
kind("lists_sorted", lambda n: f"let b = [for i in 1..{n} => (i * 7919) % 10007]\nlet _a = sort(b)\nlet _c = unique(b)\n", ITEMS)
kind("assertions", lambda n: "assert 1 == 1\n" * n)
kind("assertions_that_fail", lambda n: each(n, 'assert 1 == 2: "x@"\n'))
kind("warnings_ignored", lambda n: 'warn 1 == 2: "x" # hpcc:ignore W0829 -- x\n' * n)

# ---- declarations ----
# An item by its name is looked for in its list; what that takes counts as steps, so that their limit ends it.
kind("tags", lambda n: cluster("  Tags: [\n" + each(n, '    { Key: "k@", Value: "v" }\n') + "  ]\n"), ITEMS)
kind("tags_in_rounds", lambda n: cluster(f"  Tags: [for i in 1..{n} {{ Key: \"k${{i}}\", Value: \"v\" }}]\n"), ITEMS)
kind("tags_one_more", lambda n: cluster("") + "cluster d {\n  ...c\n" + each(n, '  Tags[+]: { Key: "k@", Value: "v" }\n') + "}\n", ITEMS)
kind("tags_by_number", lambda n: cluster("  Tags: [\n" + '    { Key: "k", Value: "v" }\n' * n + "  ]\n") + "cluster d {\n  ...c\n" + each(n, '  Tags[@].Key: "k@"\n') + "}\n", ITEMS)
kind("tags_deployed", lambda n: "deploy param key: KeyName\n" + cluster("  Tags: [\n" + each(n, '    { Key: "k@", Value: "${key}" }\n') + "  ]\n"), ITEMS)
kind("settings_deployed", lambda n: each(n, "deploy param p@: string\n") + cluster("  Tags: [\n" + each(
    n, '    { Key: "k@", Value: p@ }\n') + "  ]\n"), ITEMS)
kind("unknown_properties", lambda n: cluster(each(n, "  Unknwon@: 1\n")))
kind("clusters", lambda n: each(n, cluster("").replace("cluster c", "cluster c@")), 2_000)
kind("clusters_in_rounds", lambda n: f"for i in 1..{n} {{\n" + cluster("").replace("cluster c", 'cluster "c${i}"') + "}\n", 2_000)
kind("clusters_of_one", lambda n: cluster("") + each(n, 'cluster d@ {\n  ...c\n  Region: "eu-west-1"\n}\n'), 2_000)
kind("clusters_on_ground", lambda n: "environment net { Region: \"us-east-1\", Network.AvailabilityZoneCount: 2 }\n" + each(n, cluster("").replace(
    "cluster c", "cluster c@").replace('SubnetId: "subnet-0123456789abcdef0"', "SubnetId: net.Outputs.PublicSubnet")), 1_000)
kind("policies", lambda n: each(n, "policy p@(c: Cluster) { assert c.Region == \"us-east-1\" }\n") + cluster(""), ITEMS)

# Which run always, at a fifth of the size.
PLAIN = """values_missing brackets_closed_in_one interpolations_unclosed section_members_missed comments words text_parts brackets lets_unused lets_in_chain unknown_names unknown_names_alike functions_called types sum conditions
 list_of_rounds section_spread section_paths tags_one_more clusters_on_ground assertions_that_fail""".split()
