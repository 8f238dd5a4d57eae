" SPDX-License-Identifier: Apache-2.0
" Vim syntax of the language .hpc. tests/lint/editors.py holds its words against the compiler's tables.
if exists('b:current_syntax')
  finish
endif

syntax keyword hpcReserved let assert warn if then else for in
syntax keyword hpcItem language use as param deploy fn type policy cluster environment batch image at
syntax keyword hpcConstant true false null
syntax keyword hpcBuiltin abs all any ceil cidr_subnet cost data fail file floor instance instances join keys len lower match max merge min pad reference region replace round sort split sum text trim unique upper values
syntax keyword hpcType any bool string number int size rate duration money price rate_per_size

" Keys are no words of the language, and members of a value are none either.
syntax match hpcKey /\v<\h\w*>(\s*(:|\{))@=/
syntax match hpcKey /\v<\u\w*(\.\u\w*)+>/
syntax match hpcMember /\v\.@<=\w+/

syntax match hpcNumber /\v<\d[0-9_]*(\.\d+)?/ nextgroup=hpcUnit skipwhite
syntax match hpcUnit /\v(MB\/s\/TiB|Gbit\/s|Mbit\/s|GiB\/s|KiB\/s|MiB\/s|USD\/h|GB\/s|KB\/s|MB\/s|GiB|KiB|MiB|PiB|TiB|USD|min|GB|KB|MB|PB|TB|B|d|h|s)(\w|\/)@!/ contained
syntax match hpcOperator /\v\.\.\.|\.\.|\=\>|\?\?|\&\&|\|\||[=!<>]\=|[-+*\/%<>!|?]/

syntax match hpcEscape /\v\\([nt"\\$]|u\{\x+\})/ contained
syntax region hpcExpression matchgroup=hpcSpecial start=/\${/ end=/}/ contained contains=TOP
syntax region hpcText start=/"/ skip=/\\./ end=/"/ oneline contains=hpcEscape,hpcExpression
syntax region hpcText start=/'/ end=/'/ oneline
syntax region hpcText start=/"""$/ end=/^\s*"""/ contains=hpcEscape,hpcExpression
syntax region hpcText start=/'''$/ end=/^\s*'''/

syntax match hpcComment /#.*$/ contains=@Spell
syntax match hpcDoc /##.*$/ contains=@Spell

highlight default link hpcReserved Statement
highlight default link hpcItem Keyword
highlight default link hpcConstant Constant
highlight default link hpcBuiltin Function
highlight default link hpcType Type
highlight default link hpcKey Identifier
highlight default link hpcNumber Number
highlight default link hpcUnit Special
highlight default link hpcOperator Operator
highlight default link hpcText String
highlight default link hpcEscape SpecialChar
highlight default link hpcSpecial Special
highlight default link hpcComment Comment
highlight default link hpcDoc SpecialComment

let b:current_syntax = 'hpc'
