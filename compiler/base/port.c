/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port.c - everything hpcc asks of the operating system: POSIX.1-2008, and little beyond it where a system has it.
 * What WASI lacks of POSIX stands in port_wasi.c.
 */
#define _GNU_SOURCE	 /* memfd_create, on Linux */
#define _DARWIN_C_SOURCE /* TIOCGWINSZ, on macOS */
#include "compiler/base/port.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif
#ifdef __linux__
#include <sys/auxv.h>
#include <sys/mman.h>
#endif
#ifdef __wasi__
#include "compiler/base/port_wasi.h"
#else
#include <signal.h>
#endif

static bool failed(const char **ret_why)
{
	*ret_why = strerror(errno);
	return false;
}

/*
 * A pipe that nobody opened for writing would be waited for without end: a writer has some seconds to come, and is
 * waited for once it is there.
 */
enum { PATIENCE_MS = 3000, STEP_MS = 50 };

/*
 * read(2), also of a named pipe that was opened without waiting: then *patience_ms begins with what the first
 * writer has left to come, and is below zero when none came.
 */
static ssize_t read_some(int fd, char *to, size_t n, int *patience_ms)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t got = read(fd, to, n);

		if (got > 0 || *patience_ms == 0)
			return got;
		if (got < 0 && errno != EAGAIN)
			return got;
		if (got < 0) { /* there is a writer */
			*patience_ms = 0;
			fcntl(fd, F_SETFL, 0);
			continue;
		}
		if (poll(&p, 1, STEP_MS) > 0 && (p.revents & POLLIN) == 0)
			return 0; /* a writer came and went */
		*patience_ms -= STEP_MS;
		if (*patience_ms > 0)
			continue;
		*patience_ms = -1;
		return -1;
	}
}

/* Reads fd to its end. `hint` is the likely size; *patience_ms as above. */
static enum port_result read_all(struct arena *a, int fd, size_t hint, size_t max, int *patience_ms,
				 struct str *ret)
{
	size_t cap = hint + 1, n = 0;
	char *s = arena_room(a, cap);

	for (;;) {
		ssize_t got = read_some(fd, s + n, cap - n, patience_ms);

		if (got < 0 && errno == EINTR && *patience_ms >= 0)
			continue;
		if (got < 0)
			return PORT_FAILED;
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > max)
			return PORT_TOO_LARGE;
		if (n == cap) {
			char *more = arena_room(a, cap * 2);

			memcpy(more, s, n);
			s = more;
			cap *= 2;
		}
	}
	*ret = (struct str){s, n};
	return PORT_OK;
}

enum port_result port_read(struct arena *a, const char *path, size_t max, struct str *ret,
			   const char **ret_why)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum port_result r = PORT_FAILED;
	struct stat st;
	int patience = 0;

	if (fd < 0 || fstat(fd, &st) != 0) {
		failed(ret_why);
	} else if (S_ISDIR(st.st_mode)) {
		*ret_why = strerror(EISDIR);
	} else if (S_ISREG(st.st_mode) && (uintmax_t)st.st_size > max) {
		r = PORT_TOO_LARGE;
	} else {
		if (S_ISFIFO(st.st_mode) && !standard)
			patience = PATIENCE_MS;
		else if (!S_ISREG(st.st_mode) && !standard)
			fcntl(fd, F_SETFL, 0);
		r = read_all(a, fd, S_ISREG(st.st_mode) ? (size_t)st.st_size : 65536, max,
			     &patience, ret);
		if (r == PORT_FAILED)
			failed(ret_why);
		if (patience < 0)
			*ret_why = "nothing writes to this pipe";
	}
	if (fd >= 0 && !standard)
		close(fd);
	return r;
}

bool port_write_fd(int fd, struct str text, const char **ret_why)
{
	while (text.n > 0) {
		ssize_t put = write(fd, text.s, text.n);

		if (put < 0 && errno == EINTR)
			continue;
#ifdef SIGPIPE
		if (put < 0 && errno == EPIPE) {
			signal(SIGPIPE, SIG_DFL);
			raise(SIGPIPE);
		}
#endif
		if (put < 0)
			return failed(ret_why);
		text = (struct str){text.s + put, text.n - (size_t)put};
	}
	return true;
}

/* An empty file without a name: in memory where the system can do that, else among the temporary files. */
static int nameless_file(const char *name)
{
#ifdef __linux__
	return memfd_create(name, 0);
#else
	const char *folder = getenv("TMPDIR");
	char path[PATH_MAX];
	int fd = -1;

	if (folder == NULL || folder[0] == '\0')
		folder = "/tmp";
	if (snprintf(path, sizeof path, "%s/%s.XXXXXX", folder, name) < (int)sizeof path)
		fd = mkstemp(path);
	else
		errno = ENAMETOOLONG;
	if (fd >= 0)
		unlink(path);
	return fd;
#endif
}

int port_memory_file(const char *name, struct str text, const char **ret_why)
{
	int fd = nameless_file(name);

	if (fd >= 0 && port_write_fd(fd, text, ret_why) && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	failed(ret_why);
	if (fd >= 0)
		close(fd);
	return -1;
}

bool port_starts_programs(void)
{
#ifdef __wasi__
	return false;
#else
	return true;
#endif
}

void port_exec(char *const *argv, const char **ret_why)
{
	execvp(argv[0], argv);
	failed(ret_why);
}

void port_secret(unsigned char ret[16])
{
#ifdef __linux__
	const void *given = (const void *)(uintptr_t)getauxval(AT_RANDOM);

	if (given != NULL) {
		memcpy(ret, given, 16);
		return;
	}
#endif
	if (getentropy(ret, 16) != 0)
		memset(ret, 0, 16); /* the tables still work */
}

bool port_is_terminal(int fd)
{
	return isatty(fd) == 1;
}

unsigned port_terminal_width(int fd)
{
#ifdef TIOCGWINSZ
	struct winsize w;

	return ioctl(fd, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
#else
	return 0 * (unsigned)fd;
#endif
}

bool port_is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool port_make_directory(const char *path, const char **ret_why)
{
	if (mkdir(path, 0777) == 0 || (errno == EEXIST && port_is_directory(path)))
		return true;
	return failed(ret_why);
}

bool port_real_path(struct arena *a, const char *path, struct str *ret, const char **ret_why)
{
	char *real = realpath(path, NULL);

	if (real == NULL)
		return failed(ret_why);
	*ret = arena_str(a, str_c(real));
	free(real);
	return true;
}

/* The absolute path of the folder that holds `of`, or NULL. */
static char *folder_of(struct arena *a, const char *of)
{
	const char *slash = strrchr(of, '/');
	struct str folder = slash == NULL ? STR(".") : (struct str){of, (size_t)(slash - of)};

	if (folder.n == 0)
		folder = STR("/");
	return realpath(arena_str(a, folder).s, NULL);
}

/* A regular file, no link to one, of the caller, of root, or of `owner`. What is there but none of it: *ret_passed. */
static bool is_own_file(const char *path, uid_t owner, const char **ret_passed)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	if (S_ISREG(st.st_mode) && (st.st_uid == owner || st.st_uid == geteuid() || st.st_uid == 0))
		return true;
	if (*ret_passed == NULL)
		*ret_passed = path;
	return false;
}

const char *port_find_upward(struct arena *a, const char *of, const char *name, const char *stop,
			     const char **ret_passed)
{
	char *folder = folder_of(a, of), *slash;
	const char *found = NULL;
	struct stat first, here;

	*ret_passed = NULL;
	if (folder != NULL && stat(folder, &first) != 0)
		return free(folder), NULL;
	while (folder != NULL && found == NULL) {
		const char *path = arena_fmt(a, "%s/%s", folder, name).s;

		if (stat(folder, &here) != 0 || here.st_uid != first.st_uid)
			break;
		if (is_own_file(path, first.st_uid, ret_passed))
			found = path;
		else if (access(arena_fmt(a, "%s/%s", folder, stop).s, F_OK) == 0)
			break;
		slash = strrchr(folder, '/');
		if (slash == NULL || folder[0] == '\0')
			break;
		*slash = '\0';
	}
	free(folder);
	return found;
}
