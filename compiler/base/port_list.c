/* SPDX-License-Identifier: Apache-2.0 */
/* port_list.c - what a folder holds. */
#define _GNU_SOURCE
#include "compiler/base/port.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int by_name(const void *pa, const void *pb)
{
	const struct port_entry *a = pa, *b = pb;

	return str_cmp(a->name, b->name);
}

/* Room for one more; doubles. */
static struct port_entry *grown(struct arena *a, struct port_entry *all, size_t n)
{
	struct port_entry *more;

	if (n > 0 && (n & (n - 1)) != 0)
		return all;
	more = NEW_ARRAY(a, struct port_entry, n == 0 ? 1 : 2 * n);
	if (n > 0)
		memcpy(more, all, n * sizeof(*more));
	return more;
}

const struct port_entry *port_list(struct arena *a, const char *path, size_t *ret_n,
				   const char **ret_why)
{
	struct port_entry *all = grown(a, NULL, 0);
	DIR *dir = opendir(path);
	const struct dirent *e;

	*ret_n = 0;
	if (dir == NULL) {
		*ret_why = strerror(errno);
		return NULL;
	}
	while ((e = readdir(dir)) != NULL) {
		struct stat st;

		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)))
			continue;
		all = grown(a, all, *ret_n);
		all[(*ret_n)++] = (struct port_entry){arena_str(a, str_c(e->d_name)),
						      S_ISDIR(st.st_mode), (uint64_t)st.st_size};
	}
	closedir(dir);
	qsort(all, *ret_n, sizeof(*all), by_name);
	return all;
}
