/* SPDX-License-Identifier: Apache-2.0 */
/* port.c as systems other than Linux compile it: the test is built with that file once more and without __linux__. */
#include "compiler/base/port.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#error "this test is about a system that is not Linux"
#endif

static size_t entries(const char *folder)
{
	DIR *d = opendir(folder);
	size_t n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

Test(port, file_without_a_name)
{
	char folder[] = "/tmp/hpcc-port.XXXXXX", path[32], text[16] = "";
	const char *why = "";
	struct stat st;
	int fd;

	cr_assert_not_null(mkdtemp(folder));
	setenv("TMPDIR", folder, 1);
	fd = port_memory_file("template", STR("a template"), &why);
	cr_assert(fd >= 0, "%s", why);
	cr_expect(fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 0 &&
		  st.st_size == 10);
	snprintf(path, sizeof path, "/dev/fd/%d", fd);
	cr_expect(read(fd, text, sizeof text) == 10 && strcmp(text, "a template") == 0);
	cr_expect(access(path, R_OK) == 0);
	cr_expect(entries(folder) == 0, "nothing is left in TMPDIR");
	close(fd);
	rmdir(folder);
	fd = port_memory_file("template", STR("a template"), &why);
	cr_expect(fd < 0 && strcmp(why, "No such file or directory") == 0, "%s", why);
}

Test(port, file_is_replaced)
{
	char folder[] = "/tmp/hpcc-port.XXXXXX", path[64];
	const char *why = "";
	struct arena a = {0};
	struct str text;

	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/file", folder);
	cr_expect(port_write_file(path, STR("old"), &why) == PORT_WRITTEN, "%s", why);
	cr_expect(port_write_file(path, STR("newer"), &why) == PORT_WRITTEN, "%s", why);
	cr_expect(port_read(&a, path, 100, &text, &why) == PORT_OK && str_eq(text, STR("newer")));
	cr_expect(entries(folder) == 1, "no temporary file is left");
	unlink(path);
	rmdir(folder);
	arena_release(&a);
}

Test(port, secret_is_drawn)
{
	unsigned char zero[16] = {0}, one[16];

	port_secret(one);
	cr_expect(memcmp(one, zero, sizeof one) != 0);
}
