/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port.h - everything hpcc asks of the operating system.
 *
 * Only the driver calls these; passes work on bytes. Errors come back as the text of strerror(3) in *ret_why
 * (static memory of the C library); nothing is printed here.
 */
#ifndef HPCC_PORT_H
#define HPCC_PORT_H

#include "compiler/base/arena.h"

enum port_result {
	PORT_OK,
	PORT_FAILED,	/* *ret_why says why */
	PORT_TOO_LARGE, /* more than `max` bytes; nothing more was read */
};

/*
 * All bytes of the file at path ("-" is standard input) in `a`, at most `max` of them. A directory fails.
 * Reads pipes as well, but a named one that nobody opens for writing within some seconds fails; touches no more
 * memory than the file is long.
 */
enum port_result port_read(struct arena *a, const char *path, size_t max, struct str *ret,
			   const char **ret_why);

enum port_written {
	PORT_WRITTEN,	       /* or left alone, as it held the text already */
	PORT_WRITTEN_IN_PLACE, /* not at once: *ret_why says why no other file could take its place */
	PORT_NOT_WRITTEN,      /* *ret_why says why; the file is as it was */
};

/*
 * Makes the file at path hold exactly `text`: nothing is written when it does already (its time stamp stays), else
 * a temporary file beside it is renamed over it, with the owner and the permissions of the old file (but no set-
 * user-id bits), so that no reader ever sees half of it. A link stays a link, also one to a file that is not there
 * yet. Where the old file must stay, as it has other names (hard links), is a mount of its own, belongs to another
 * or its folder cannot be written, its bytes are overwritten, and put back when that fails. Signals wait
 * meanwhile. What is no regular file (/dev/full, a pipe) is written directly; a block device is refused.
 */
enum port_written port_write_file(const char *path, struct str text, const char **ret_why);

/* What a name stands for: equal ones lead to the same file, whatever the names are. */
struct port_place {
	uint64_t device, file; /* of the file; of the folder when there is no file yet */
	struct str name;       /* the file that is not there yet, or empty */
};

enum port_kind {
	PORT_NOTHING,	/* no file yet */
	PORT_REGULAR,	/* a file */
	PORT_DIRECTORY, /* a folder */
	PORT_OTHER,	/* a device, a pipe: *ret_place says nothing */
	PORT_NOWHERE,	/* no folder in which it could be: *ret_place says nothing */
	PORT_BARRED,	/* rights, links that go round, or a sandbox are in the way: the same */
};

/* What is at path, links followed; "-" is standard input. A name in *ret_place comes from `a`. */
enum port_kind port_look(struct arena *a, const char *path, struct port_place *ret_place);

struct port_entry {
	struct str name;
	bool folder;
	uint64_t size; /* of a file, in bytes */
};

/*
 * The files and folders in the folder at path, in byte order of their names; links and everything else are left
 * out. NULL when it cannot be read.
 */
const struct port_entry *port_list(struct arena *a, const char *path, size_t *ret_n,
				   const char **ret_why);

/*
 * Writes all of text to an open descriptor. A reader that went away ends the process by SIGPIPE, quietly,
 * as any filter; other errors come back.
 */
bool port_write_fd(int fd, struct str text, const char **ret_why);

/*
 * A file without a name that holds `text`, open for reading at its begin and inherited over exec: in memory on Linux,
 * see memfd_create(2), elsewhere in the folder for temporary files. Returns the descriptor, or -1. The kernel shows
 * it as a regular file.
 */
int port_memory_file(const char *name, struct str text, const char **ret_why);

/* Can a process be replaced by another program here? Not in the sandbox of WebAssembly. */
bool port_starts_programs(void);
/* Replaces this process by argv[0], found on PATH. Returns only on failure. */
void port_exec(char *const *argv, const char **ret_why);

/*
 * Sixteen bytes that nobody outside of this process can guess: a key for hash tables. No output may depend on
 * them. Costs no system call on Linux, where the kernel gives some to each process.
 */
void port_secret(unsigned char ret[16]);

/* Is fd a terminal? */
bool port_is_terminal(int fd);
/* Columns of the terminal at fd, or 0 when it is none or does not say. */
unsigned port_terminal_width(int fd);
/*
 * The file called `name` in the folder of the file `of` ("-": the current folder) or the nearest folder above
 * it, as an absolute path; NULL when there is none. The search ends after a folder that holds an entry called
 * `stop`, and before one of another owner than the first. Links, pipes and devices are passed over, and files that
 * belong neither to that owner nor to the caller nor to root; *ret_passed is the nearest of those, or NULL.
 */
const char *port_find_upward(struct arena *a, const char *of, const char *name, const char *stop,
			     const char **ret_passed);
/* The absolute path of what is at `path`, all links resolved, in `a`; false when there is nothing. */
bool port_real_path(struct arena *a, const char *path, struct str *ret, const char **ret_why);
/* Does a directory exist at path? */
bool port_is_directory(const char *path);
/* Makes the directory at path; true when it is there afterwards. */
bool port_make_directory(const char *path, const char **ret_why);

#endif
