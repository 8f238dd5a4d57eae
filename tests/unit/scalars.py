#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints scalars.def: what PyYAML's resolver and constructor make of plain scalars.

Run it by hand with PyYAML 6 when a row is added:  scalars.py > scalars.def
A scalar at which PyYAML's constructor fails (0b_, 2024-13-45) has no row; the test states those itself.
"""
import datetime
import itertools
import math

import yaml

WORDS = """yes Yes YES yEs no No NO nO true True TRUE tRue false False FALSE on On ON oN off Off OFF y Y n N
t f T F ~ null Null NULL nULL none None ~~ yes: nope onx true1""".split()
INTEGERS = """0 00 07 010 0777 08 09 018 0o17 0o10 0O17 1 12 007 -0 +0 -1 +1 -010 +010 - + -- +-1 1_000 1__0 1_ _1 0_7
0_ 0b0 0b1 0b11 0b1_0 0b2 0B1 -0b11 +0b11 0x0 0x1F 0xff 0xFF 0xfg 0X1F 0x_f -0x10 +0x10 0x1_0 9223372036854775807
9223372036854775808 -9223372036854775808 -9223372036854775809 99999999999999999999 0xffffffffffffffffff
1:30 10:00 09:59 00:30 01:03 23:59 1:00:00 1:60 1:59 1:5 1:05 1:005 -1:30 +1:30 1_0:30 190:20:30 1: :30 1:30: 1:2:3:4
0:30 12:30:45 1:3a 22:22""".split()
FLOATS = """1.5 .5 5. 0.5 -1.5 +1.5 -.5 +.5 1_0.5 1_000.5 1.5_0 1.5e3 1.5e+3 1.5e-3 1.0E+3 1.0e+ 1.0e 1e3 1e+3 1E3
1e-3 .5e+3 .5e3 . .. ._5 ._ 1._ 5._5 1.2.3 1.2.3.4 1.2.3.4/32 .inf .Inf .INF .iNF -.inf +.inf -.Inf .nan .NaN .NAN .Nan
-.nan +.nan inf nan Infinity 1:30.5 1:30. 0:30.5 01:30.5 -1:30.5 190:20:30.15 1:60.5 2.0 2.10 3.10 v2.0 0.0 -0.0
1.0e+400 1.0e-400 685_230.15 685.230_15e+03 0x1.8 0b1.1 00.5 010.5 08.5 123456789.123456789 1e 1.e+3 3.14159""".split()
DATES = """2024-01-01 2024-1-1 2024-01-1 2024-01 2024-01-01T 2024-01-01T00:00:00 2024-01-01t1:02:03 2024-1-1T1:02:03
2024-01-01T00:00:00Z 2024-01-01T00:00:00+01:00 2024-01-01T00:00:00-5 2024-01-01T00:00:00.5 2024-01-01T00:00:00.
2024-01-01T00:00:00.5Z 2024-01-01T00:00 2024-01-01T0:0:0 20240101 2024-01-01x 24-01-01 02024-01-01 2024/01/01
2001-12-14t21:59:43.10-05:00 2024-01-01T00:00:00z 2024-01-01T00:00:00+01:0 2024-01-01T00:00:00+0100""".split()
BLANKS = ["2024-01-01 00:00:00", "2024-01-01  00:00:00 +1", "2024-01-01 00:00:00 Z", "2024-01-01 00:00:00 -05:00",
          "2001-12-14 21:59:43.10 -5", "1 000", "1 .5", "yes no", "0 1"]
NAMES = """a subnet-12345678 t3.micro us-east-1 /fsx 10.0.0.0/16 alinux2023 p5.48xlarge ${NAME} a:b 1a 1-2 1,000 1/2 50%
0.0.0.0/0 arn:aws:iam::aws:policy/X i-0123 12h 5m 1Gi 1e3a ml.p4 2xlarge 3.9.1 -a .a +a 0a 0xg 1.a""".split()


def row(text):
    """(kind, value) or None when PyYAML cannot construct it."""
    try:
        value = yaml.load(text, yaml.SafeLoader)
    except (ValueError, KeyError, yaml.YAMLError):
        return None
    if value is None:
        return "NULL", ""
    if isinstance(value, bool):
        return "BOOL", "true" if value else "false"
    if isinstance(value, int):
        return "INT", str(value) if -2**63 <= value < 2**63 else "big"
    if isinstance(value, float):
        if math.isinf(value):
            return "FLOAT", "inf" if value > 0 else "-inf"
        return "FLOAT", "nan" if math.isnan(value) else "%.17g" % value
    if isinstance(value, (datetime.date, datetime.datetime)):
        return "TIMESTAMP", ""
    if isinstance(value, str) and value == text:
        return "STRING", ""
    return None


print("/* SPDX-License-Identifier: Apache-2.0 */")
print("/* scalars.def - SCALAR(text, kind, value): plain scalars as PyYAML reads them; made by scalars.py. */")
seen = set()
for text in itertools.chain(WORDS, INTEGERS, FLOATS, DATES, BLANKS, NAMES):
    found = row(text)
    if found and text not in seen:
        seen.add(text)
        print('SCALAR("%s", %s, "%s")' % (text, *found))
