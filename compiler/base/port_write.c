/* SPDX-License-Identifier: Apache-2.0 */
/* port_write.c - files that are replaced whole or not at all. */
#define _DEFAULT_SOURCE	 /* getentropy */
#define _DARWIN_C_SOURCE /* the same, on macOS */
#include "compiler/base/port.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif
#ifdef __wasi__
#include "compiler/base/port_wasi.h"
#else
#include <signal.h>
#endif

enum { MOST_LINKS = 40, MOST_ATTEMPTS = 100 };

/* One file on its way to new bytes. */
struct writing {
	struct arena a;
	const char *target; /* the name that holds the file itself, not a link to it */
	bool exists;
	struct stat st; /* of the old file */
	int old;	/* open for writing, or -1 */
	bool readable;	/* old can be read as well */
	struct str text;
};

/* ---- signals ---- */

#ifdef __wasi__

/* There are none. */
struct held {
	char none;
};

static void hold_signals(struct held *h)
{
	h->none = 0;
}

static void release_signals(const struct held *h)
{
	(void)h;
}

#else

/* What was set before. */
struct held {
	sigset_t mask;
	struct sigaction too_large;
};

/*
 * Lets signals wait, so that none leaves a temporary file or half a file. The one that tells of a file above the
 * limit of the process is ignored: write(2) says it too.
 */
static void hold_signals(struct held *h)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t all;

	sigfillset(&all);
	sigdelset(&all, SIGXFSZ); /* one that waits is not ignored */
	sigprocmask(SIG_SETMASK, &all, &h->mask);
	sigaction(SIGXFSZ, &ignore, &h->too_large);
}

static void release_signals(const struct held *h)
{
	sigaction(SIGXFSZ, &h->too_large, NULL);
	sigprocmask(SIG_SETMASK, &h->mask, NULL);
}

#endif

/* ---- places ---- */

static struct str folder_of(struct str path)
{
	size_t n = path.n;

	while (n > 0 && path.s[n - 1] != '/')
		n--;
	return str_slice(path, 0, n);
}

/* The name of the file that is to be made at path, where links may stand that lead nowhere yet; or NULL. */
static const char *follow(struct arena *a, const char *path)
{
	char to[4096];

	for (int i = 0; i < MOST_LINKS; i++) {
		ssize_t n = readlink(path, to, sizeof(to));
		struct str link = {to, n > 0 ? (size_t)n : 0};

		if (n < 0)
			return errno == EINVAL || errno == ENOENT ? path : NULL;
		if (link.n == sizeof(to))
			break;
		path = link.n > 0 && link.s[0] == '/'
			       ? arena_str(a, link).s
			       : arena_fmt(a, STR_F STR_F, STR_A(folder_of(str_c(path))),
					   STR_A(link))
					 .s;
	}
	errno = ELOOP;
	return NULL;
}

static void place_of(const struct stat *st, struct port_place *ret)
{
	*ret = (struct port_place){.device = (uint64_t)st->st_dev, .file = (uint64_t)st->st_ino};
}

/* Why errno keeps from a file. */
static enum port_kind barred(void)
{
	return errno == ENOENT || errno == ENOTDIR ? PORT_NOWHERE : PORT_BARRED;
}

enum port_kind port_look(struct arena *a, const char *path, struct port_place *ret_place)
{
	bool standard = strcmp(path, "-") == 0;
	const char *target;
	struct str folder;
	struct stat st;

	*ret_place = (struct port_place){0};
	if ((standard ? fstat(STDIN_FILENO, &st) : stat(path, &st)) == 0) {
		place_of(&st, ret_place);
		return S_ISREG(st.st_mode)   ? PORT_REGULAR
		       : S_ISDIR(st.st_mode) ? PORT_DIRECTORY
					     : PORT_OTHER;
	}
	target = errno == ENOENT ? follow(a, path) : NULL;
	if (target == NULL)
		return barred();
	folder = folder_of(str_c(target));
	if (stat(folder.n > 0 ? arena_str(a, folder).s : ".", &st) != 0)
		return barred();
	place_of(&st, ret_place);
	ret_place->name = arena_str(a, str_c(target + folder.n));
	return PORT_NOTHING;
}

/* ---- in place ---- */

static bool put_at(int fd, struct str text, size_t at)
{
	while (text.n > 0) {
		ssize_t put = pwrite(fd, text.s, text.n, (off_t)at);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		text = (struct str){text.s + put, text.n - (size_t)put};
		at += (size_t)put;
	}
	return true;
}

/* Up to n bytes from `at` on into to; how many there are. */
static size_t get_at(int fd, char *to, size_t n, size_t at)
{
	size_t got = 0;

	while (got < n) {
		ssize_t now = pread(fd, to + got, n - got, (off_t)(at + got));

		if (now < 0 && errno == EINTR)
			continue;
		if (now <= 0)
			break;
		got += (size_t)now;
	}
	return got;
}

/* Does the old file hold the text already? */
static bool holds(const struct writing *w)
{
	char part[16384];

	if (!w->readable || (uintmax_t)w->st.st_size != w->text.n)
		return false;
	for (size_t at = 0; at < w->text.n; at += sizeof(part)) {
		struct str want = str_slice(w->text, at, at + sizeof(part));

		if (get_at(w->old, part, want.n, at) != want.n || memcmp(part, want.s, want.n) != 0)
			return false;
	}
	return true;
}

/*
 * Overwrites the old file. What is longer than before goes first: where the disk is full nothing else has changed
 * then. Else the old bytes, which were kept, are put back.
 */
static bool write_in_place(struct writing *w)
{
	size_t old_size = (size_t)w->st.st_size;
	struct str kept = {0}, front = str_slice(w->text, 0, old_size);
	int error;

	if (w->readable) {
		char *copy = arena_room(&w->a, front.n + 1);

		kept = (struct str){copy, get_at(w->old, copy, front.n, 0)};
	}
	if (put_at(w->old, str_slice(w->text, old_size, w->text.n), old_size) &&
	    put_at(w->old, front, 0) && ftruncate(w->old, (off_t)w->text.n) == 0)
		return true;
	error = errno;
	put_at(w->old, kept, 0);
	if (ftruncate(w->old, w->st.st_size) != 0)
		error = errno;
	errno = error;
	return false;
}

/* ---- by a temporary file ---- */

/* A new file in the folder of the target; its name in *ret_name. -1 with errno. */
static int open_temporary(struct writing *w, mode_t mode, const char **ret_name)
{
	struct str folder = folder_of(str_c(w->target));
	int fd = -1;

	for (int i = 0; i < MOST_ATTEMPTS && fd < 0; i++) {
		uint64_t any = (uint64_t)i;

		if (getentropy(&any, sizeof(any)) != 0)
			any = (uint64_t)i;
		*ret_name = arena_fmt(&w->a, STR_F ".hpcc-%016llx", STR_A(folder),
				      (unsigned long long)any)
				    .s;
		fd = open(*ret_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd;
}

/* Gives the file that takes the place of the old one its owner and permissions. */
static bool take_over(int fd, const struct stat *old)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	if ((st.st_uid != old->st_uid || st.st_gid != old->st_gid) &&
	    fchown(fd, old->st_uid, old->st_gid) != 0)
		return false;
	return fchmod(fd, old->st_mode & 0777) == 0;
}

static bool write_renamed(struct writing *w)
{
	const char *name = NULL, *why;
	int fd = open_temporary(w, w->exists ? 0600 : 0666, &name), error = 0;

	if (fd < 0)
		return false;
	if ((w->exists && !take_over(fd, &w->st)) || !port_write_fd(fd, w->text, &why))
		error = errno;
	if (close(fd) != 0 && error == 0)
		error = errno;
	if (error == 0 && rename(name, w->target) != 0)
		error = errno;
	if (error != 0)
		unlink(name);
	errno = error;
	return error == 0;
}

/* May the old file still take the text where no other could take its place? */
static bool bound_to_place(int error)
{
	return error == EBUSY || error == EXDEV || error == EACCES || error == EPERM ||
	       error == EROFS;
}

/* ---- all of it ---- */

/* The descriptor that the name stands for, which has a place in its file already; or -1. */
static int descriptor_of(const char *path)
{
	struct str digits = str_c(path), folder = STR("/dev/fd/");
	int64_t n;

	if (strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	if (!str_starts(digits, folder) || !str_to_int(str_slice(digits, folder.n, digits.n), &n) ||
	    n < 0 || n > 65535)
		return -1;
	return (int)n;
}

static bool write_directly(const char *path, struct str text, const char **ret_why)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && port_write_fd(fd, text, ret_why);

	if (fd < 0 || (close(fd) != 0 && ok)) {
		*ret_why = strerror(errno);
		return false;
	}
	return ok;
}

/* Opens the old file as far as it may be; false with errno when it cannot be written. */
static bool open_old(struct writing *w, const char *path)
{
	struct stat now;
	char *real;

	w->exists = w->readable = true;
	w->old = open(path, O_RDWR | O_CLOEXEC);
	if (w->old < 0 && errno == EACCES) {
		w->readable = false;
		w->old = open(path, O_WRONLY | O_CLOEXEC);
	}
	if (w->old < 0 || fstat(w->old, &w->st) != 0)
		return false;
	real = realpath(path, NULL);
	/* A file that was deleted has no name any more, and can only be written where it is. */
	if (real != NULL && stat(real, &now) == 0 && now.st_ino == w->st.st_ino &&
	    now.st_dev == w->st.st_dev)
		w->target = arena_str(&w->a, str_c(real)).s;
	free(real);
	return true;
}

static enum port_written write_regular(struct writing *w, const char **ret_why)
{
	bool shared = w->exists && w->st.st_nlink > 1; /* its other names would keep the old text */
	enum port_written done = PORT_WRITTEN;
	struct held h;

	hold_signals(&h);
	if (w->exists && holds(w))
		done = PORT_WRITTEN;
	else if (shared)
		done = PORT_WRITTEN_IN_PLACE;
	else if (w->target != NULL && write_renamed(w))
		done = PORT_WRITTEN;
	else if (!w->exists || (w->target != NULL && !bound_to_place(errno)))
		done = PORT_NOT_WRITTEN;
	else
		done = PORT_WRITTEN_IN_PLACE;
	if (done != PORT_WRITTEN)
		*ret_why = shared ? "it has other names, by hard links" : strerror(errno);
	if (done == PORT_WRITTEN_IN_PLACE && !write_in_place(w)) {
		*ret_why = strerror(errno);
		done = PORT_NOT_WRITTEN;
	}
	release_signals(&h);
	return done;
}

/* What port_write_file does with a name that is no descriptor's. */
static enum port_written write_at(struct writing *w, const char *path, const char **ret_why)
{
	struct stat st;
	bool ready;

	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode)) {
			*ret_why = S_ISDIR(st.st_mode) ? strerror(EISDIR) : "Is a block device";
			return PORT_NOT_WRITTEN;
		}
		if (!S_ISREG(st.st_mode))
			return write_directly(path, w->text, ret_why) ? PORT_WRITTEN
								      : PORT_NOT_WRITTEN;
		ready = open_old(w, path);
	} else {
		w->target = errno == ENOENT ? follow(&w->a, path) : NULL;
		ready = w->target != NULL;
	}
	if (ready)
		return write_regular(w, ret_why);
	*ret_why = strerror(errno);
	return PORT_NOT_WRITTEN;
}

enum port_written port_write_file(const char *path, struct str text, const char **ret_why)
{
	struct writing w = {.text = text, .old = -1};
	int fd = descriptor_of(path);
	enum port_written done;

	if (fd >= 0)
		return port_write_fd(fd, text, ret_why) ? PORT_WRITTEN : PORT_NOT_WRITTEN;
	done = write_at(&w, path, ret_why);
	if (w.old >= 0)
		close(w.old);
	arena_release(&w.a);
	return done;
}
