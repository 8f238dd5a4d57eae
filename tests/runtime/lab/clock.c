/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock of a machine of the laboratory, which shares its kernel's with all others: programs that load this
 * (/etc/ld.so.preload) see the time moved by as many seconds as the text in the file LAB_CLOCK (/lab/clock) says. The times
 * of files are moved with it, so that what is made after a move is young; what was there before stays as old as it was,
 * and whoever moves the clock makes it older.
 */
#undef _FILE_OFFSET_BITS /* names as they are */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* What the machine has; read at most ten times a second. */
static long moved(void)
{
	static __thread long known, next;
	struct timespec now;
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC_COARSE, &now);
	long at = now.tv_sec * 10 + now.tv_nsec / 100000000;
	if (at < next)
		return known;
	next = at + 1;
	char text[32] = "";
	const char *file = getenv("LAB_CLOCK");
	int fd = (int)syscall(SYS_openat, AT_FDCWD, file ? file : "/lab/clock",
			      O_RDONLY | O_CLOEXEC, 0);
	if (fd >= 0) {
		if (syscall(SYS_read, fd, text, sizeof(text) - 1) > 0)
			known = strtol(text, NULL, 10);
		syscall(SYS_close, fd);
	}
	return known;
}

static int is_date(clockid_t clock)
{
	return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int result = (int)syscall(SYS_clock_gettime, clock, now);
	if (!result && is_date(clock))
		now->tv_sec += moved();
	return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	int result = (int)syscall(SYS_gettimeofday, now, zone);
	if (!result)
		now->tv_sec += moved();
	return result;
}

time_t time(time_t *into)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (into)
		*into = now.tv_sec;
	return now.tv_sec;
}

int timespec_get(struct timespec *now, int base)
{
	return base == TIME_UTC && !clock_gettime(CLOCK_REALTIME, now) ? base : 0;
}

/* ---- waiting until a time: the kernel's is meant ---- */

static struct timespec real(const struct timespec *until)
{
	return (struct timespec){.tv_sec = until->tv_sec - moved(), .tv_nsec = until->tv_nsec};
}

/* Conditions had another shape before version 2.3.2, and dlsym finds the oldest. */
static void *original(const char *name)
{
	void *found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
	return found ? found : dlsym(RTLD_NEXT, name);
}

#define NEXT(type, name)  \
	static type next; \
	if (!next)        \
	*(void **)&next = original(name)

typedef int condition_wait(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
typedef int condition_clock_wait(pthread_cond_t *, pthread_mutex_t *, clockid_t,
				 const struct timespec *);
typedef int semaphore_wait(sem_t *, const struct timespec *);
typedef int mutex_wait(pthread_mutex_t *, const struct timespec *);

/* Conditions made for another clock take times that are far from any date. */
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
			   const struct timespec *restrict until)
{
	NEXT(condition_wait *, "pthread_cond_timedwait");
	struct timespec then = until->tv_sec > 1000000000 ? real(until) : *until;
	return next(condition, mutex, &then);
}

int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
			   const struct timespec *until)
{
	NEXT(condition_clock_wait *, "pthread_cond_clockwait");
	struct timespec then = is_date(clock) ? real(until) : *until;
	return next(condition, mutex, clock, &then);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until)
{
	NEXT(semaphore_wait *, "sem_timedwait");
	struct timespec then = real(until);
	return next(semaphore, &then);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict until)
{
	NEXT(mutex_wait *, "pthread_mutex_timedlock");
	struct timespec then = real(until);
	return next(mutex, &then);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left)
{
	struct timespec then = is_date(clock) && (flags & TIMER_ABSTIME) ? real(until) : *until;
	return syscall(SYS_clock_nanosleep, clock, flags, &then, left) < 0 ? errno : 0;
}

/* Only dates are so far away. */
int timerfd_settime(int fd, int flags, const struct itimerspec *until, struct itimerspec *before)
{
	struct itimerspec then = *until;
	if ((flags & TFD_TIMER_ABSTIME) && then.it_value.tv_sec > 1000000000 &&
	    then.it_value.tv_sec < 100000000000)
		then.it_value = real(&then.it_value);
	return (int)syscall(SYS_timerfd_settime, fd, flags, &then, before);
}

/* ---- files ---- */

static int shown(int result, struct stat *st)
{
	if (!result) {
		st->st_atim.tv_sec += moved();
		st->st_mtim.tv_sec += moved();
		st->st_ctim.tv_sec += moved();
	}
	return result;
}

int fstatat(int folder, const char *restrict path, struct stat *restrict st, int flags)
{
	return shown((int)syscall(SYS_newfstatat, folder, path, st, flags), st);
}

int stat(const char *restrict path, struct stat *restrict st)
{
	return fstatat(AT_FDCWD, path, st, 0);
}

int lstat(const char *restrict path, struct stat *restrict st)
{
	return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

int fstat(int fd, struct stat *st)
{
	return shown((int)syscall(SYS_fstat, fd, st), st);
}

int stat64(const char *restrict, struct stat64 *restrict) __attribute__((alias("stat")));
int lstat64(const char *restrict, struct stat64 *restrict) __attribute__((alias("lstat")));
int fstat64(int, struct stat64 *) __attribute__((alias("fstat")));
int fstatat64(int, const char *restrict, struct stat64 *restrict, int)
	__attribute__((alias("fstatat")));

int statx(int folder, const char *restrict path, int flags, unsigned mask,
	  struct statx *restrict st)
{
	int result = (int)syscall(SYS_statx, folder, path, flags, mask, st);
	if (!result) {
		st->stx_atime.tv_sec += moved();
		st->stx_mtime.tv_sec += moved();
		st->stx_ctime.tv_sec += moved();
		st->stx_btime.tv_sec += moved();
	}
	return result;
}

static int set(int folder, const char *path, const struct timespec times[2], int flags)
{
	struct timespec then[2];
	for (int i = 0; times && i < 2; i++) {
		then[i] = times[i];
		if (times[i].tv_nsec != UTIME_NOW && times[i].tv_nsec != UTIME_OMIT)
			then[i].tv_sec -= moved();
	}
	return (int)syscall(SYS_utimensat, folder, path, times ? then : NULL, flags);
}

int utimensat(int folder, const char *path, const struct timespec times[2], int flags)
{
	return set(folder, path, times, flags);
}

int futimens(int fd, const struct timespec times[2])
{
	return set(fd, NULL, times, 0);
}
