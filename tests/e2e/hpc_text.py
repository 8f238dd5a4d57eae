# SPDX-License-Identifier: Apache-2.0
"""Reads the text of programs, apart from the compiler: tokens and comments, by section 3 of doc/language.md."""
import re

SIGNS = re.compile(r"\.\.\.|\.\.|=>|==|!=|<=|>=|&&|\|\||\?\?|[-{}\[\](),:=|?!<>+*/%.]")
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NUMBER = re.compile(r"[0-9][0-9_]*(?:\.[0-9][0-9_]*)?")
UNIT = re.compile(r"[ \t]*(MB/s/TiB|[KMG]i?B/s|[MG]bit/s|USD/h|USD|[KMGTP]i?B|B|min|s|h|d)(?![A-Za-z0-9_])")
BLANK = re.compile(r"[ \t\r\n]+")


class Unreadable(Exception):
    """The text is not one of a program."""


def hole_end(text, at):
    """Where the `${` whose inner begins at `at` ends."""
    depth = 0
    while at < len(text) and text[at] != "\n":
        if text[at] in "\"'":
            at = text_end(text, at)
            continue
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
        if depth < 0:
            return at
    raise Unreadable


def text_end(text, at):
    """Where the text that begins at `at` ends."""
    quotes = text[at:at + 3]
    if quotes in ('"""', "'''"):
        end = re.compile(rf"\n[ \t]*{quotes}").search(text, at + 3)
        if end is None:
            raise Unreadable
        return end.end()
    quote, at = text[at], at + 1
    while at < len(text) and text[at] != "\n":
        if text[at] == quote:
            return at + 1
        if quote == '"' and text[at] == "\\":
            at += 2
        elif quote == '"' and text.startswith("${", at):
            at = hole_end(text, at + 2)
        else:
            at += 1
    raise Unreadable


def value_of(text):
    """A text as it stands, a block without the indentation that its last line names."""
    if text[:3] not in ('"""', "'''"):
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    indentation = lines[-1][:-3]
    return "\n".join([lines[0].rstrip(), *(line.removeprefix(indentation) if line.strip() else "" for line in lines[1:-1]), lines[-1].lstrip()])


def read(text):
    """(tokens, comments) in their order. Commas are no tokens, nor is what may be left out before `{`."""
    text, at, tokens, comments = text.removeprefix("\ufeff"), 0, [], []
    while at < len(text):
        blank = BLANK.match(text, at)
        if blank:
            at = blank.end()
            continue
        if text[at] == "#":
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            comments.append(text[at:end].rstrip(" \t\r"))
            at = end
            continue
        if text[at] in "\"'":
            end = text_end(text, at)
            tokens.append(value_of(text[at:end]))
            at = end
            continue
        token = NUMBER.match(text, at) or WORD.match(text, at) or SIGNS.match(text, at)
        if token is None:
            raise Unreadable
        if token.group() == "{" and tokens and tokens[-1] in ("=>", "then", "="):
            tokens.pop()
        at = token.end()
        if token.group() != ",":
            tokens.append(token.group())
        unit = token.re is NUMBER and UNIT.match(text, at)
        if unit:
            tokens.append(unit.group(1))
            at = unit.end()
    return tokens, comments
