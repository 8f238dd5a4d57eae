/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.h - what each name of a program means, and where the evaluator keeps its value.
 *
 * names_bind() sets the `binding` of every name in the files: names, members of modules, calls, named types, loop
 * names,
 * `let`, parameters, items; and the `parameter` of every argument. Where one is NULL in an expression that needs it, a
 * finding was made: poison. After an error the program is not evaluated.
 *
 *   `n`          EXPR_NAME    ->name.binding: LET, PARAM, DEPLOY, ARGUMENT, LOOP or DECLARATION
 *   `m.n`        EXPR_MEMBER  ->member.binding, where `m` is a module (->member.of is a name bound to BIND_MODULE,
 *                             which is no value); else NULL, and it is a property of the value of ->member.of
 *   `f(…)`       EXPR_CALL    ->call.binding: FN or BUILTIN; the callee expression is never evaluated
 *   `f(…, x: v)`              argument->parameter: index into item->parameters or builtin->parameters. Positional
 *                             arguments of a variadic built-in have their own number, also beyond the last parameter.
 *                             Arguments are never given twice, and every parameter without default that is not of a
 *                             type `T?` gets one.
 *
 * FRAMES. Values of names live in slots of frames. binding->file_level says which of two:
 *
 *   - The frame of the file binding->file (->nslots slots): its `let`, `param`, `deploy param` and named declarations
 *     outside of `for`. One for each file of the program, for the whole run; set to "not evaluated" at the start.
 *     Each is evaluated when first needed, in a frame of its own item (below), once.
 *   - Else the frame of the item that is being evaluated: parameters (slots 0 to nparameters - 1, in their order), loop
 *     names and `let` in sections. Every item that holds expressions has one, of item->nslots slots: the call of a
 *     function or policy, the body of a declaration, the value of a `let` of the file, a check, the default of a
 *     `param`. Items inside of `if` and `for` around declarations share that of the outermost item: the loop names of
 *     the `for` are in it, so the declarations in it are evaluated in the frame of the loop, each in its round. Every
 *     nested item has the nslots of the outermost.
 *     Defaults of parameters are evaluated in the frame of the call, in the order of the parameters, those before
 *     them being set. Defaults of fields of records see names of the file only; their frame has ->nslots of struct
 *     type_field and record_field.
 *
 * No two names of one frame have the same slot, so that a `let` may be evaluated late, in the midst of loops below it.
 * A frame needs no clearing, however large it is: a slot is always set before it is read. Parameters are set by the
 * call; loop names by each round; and whoever begins to evaluate an entry list sets the slots of the `let` entries that
 * stand directly in it to "not evaluated" (so in each round of a loop around it). A `let` of a section may be used
 * above the line where it stands, and inside of everything in its list: it is evaluated when first needed, else where
 * it stands; nobody needs it evaluated at all when it is not used. The branches of `if`, bodies of `for` and of opened
 * sections are entry lists of their own.
 *
 * A frame of a function can be active twice, never by its own call, which is E0737, but by way of a value of the file:
 * `fn f(x) = if x > 0 then b else 1`, `let b = f(0)`.
 *
 * ORDER. Items in the order of the text; a value of a file when first needed; arguments from left to right, then
 * defaults in the order of the parameters; entries and items in their order.
 *
 * CYCLES. names_bind() finds functions that call themselves (E0737), by calls alone: also in defaults of parameters,
 * not by way of values. Values that need themselves are found by the evaluator (E0736): a slot that is "being
 * evaluated" when it is read.
 */
#ifndef HPCC_HPC_NAMES_H
#define HPCC_HPC_NAMES_H

#include "compiler/hpc/builtins.h"
#include "compiler/hpc/modules.h"

/*
 * Binds all names of the files of a program, none of which is faulty. Reports E0717 for words without quotes, E0730 to
 * E0746, W0764. Memory is from `a`; linear but for the search of nearest names beside an error.
 */
void names_bind(struct arena *a, struct diags *ds, const struct module_set *files);

/*
 * Binds an expression in the scope of a bound file, or of none (file NULL: built-ins only). *ret_nslots: of its frame.
 */
void names_bind_expression(struct arena *a, struct diags *ds, struct program_file *file,
			   struct expr *e, uint32_t *ret_nslots);

/*
 * Reports what is declared and not used (W0760 to W0762), in files outside of the standard library; in modules not what
 * others may use. For programs without errors; after names_bind().
 */
void names_unused(struct diags *ds, const struct module_set *files);

/* What an item of the file declares under this name (also types and policies), or NULL. */
struct binding *names_find(const struct program_file *file, struct str name);

#endif
