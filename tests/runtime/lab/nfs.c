/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lab-nfs CLIENT TARGET SOURCE FLAGS: the kernel's NFS client and server of the laboratory, for one mount. It mounts
 * itself on TARGET in the mount namespace of the process CLIENT, shown as coming from SOURCE, with the flags of mount(2);
 * then it does what standard input says, a line each, and answers each with "ok" or an error:
 *
 *   open PID FOLDER   the folder is that of the process PID, whose machine serves now
 *   close             the server is gone: what programs ask for waits until there is one again, files stay open
 *   stale             the server does not export the folder any longer
 *
 * Whoever closes it stops it as well (SIGSTOP): so requests stay in the kernel, where a signal ends who waits, as it does
 * with NFS. Files are known by their paths, so that they outlive a restart of the server.
 */
#define _GNU_SOURCE
#define FUSE_USE_VERSION 31
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct handle {
	int fd; /* or -1 since the server went */
	int flags;
	struct handle *next, *previous;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct handle *handles; /* all open files */
static int root = -1;
static int stale;
static int working; /* requests under way */

/* Each request begins and ends with these; the first waits for a server. */
static int begin(void)
{
	pthread_mutex_lock(&lock);
	while (root < 0 && !stale)
		pthread_cond_wait(&changed, &lock);
	int error = stale ? -ESTALE : 0;
	working += !stale;
	pthread_mutex_unlock(&lock);
	return error;
}

static int end(int result)
{
	int error = result < 0 ? -errno : result;
	pthread_mutex_lock(&lock);
	working--;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return error;
}

#define DO(call)                                      \
	do {                                          \
		int refused = begin();                \
		return refused ? refused : end(call); \
	} while (0)

static const char *below(const char *path)
{
	return path[1] ? path + 1 : ".";
}

/* What is made belongs to who asked. */
static int given(const char *path, int result)
{
	const struct fuse_context *caller = fuse_get_context();
	if (result >= 0 &&
	    fchownat(root, below(path), caller->uid, caller->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return result;
}

/* A file that is open, opened again where the server was restarted since. */
static int file_of(const char *path, const struct fuse_file_info *info)
{
	struct handle *handle =
		(struct handle *)(uintptr_t)info->fh; /* NOLINT(performance-no-int-to-ptr) */
	pthread_mutex_lock(&lock);
	if (handle->fd < 0)
		handle->fd = openat(root, below(path), handle->flags);
	int fd = handle->fd;
	pthread_mutex_unlock(&lock);
	return fd;
}

static int keep(int fd, int flags, struct fuse_file_info *info)
{
	struct handle *handle = fd < 0 ? NULL : calloc(1, sizeof(*handle));
	if (!handle)
		return -1;
	handle->fd = fd;
	handle->flags = flags;
	pthread_mutex_lock(&lock);
	handle->next = handles;
	if (handles)
		handles->previous = handle;
	handles = handle;
	pthread_mutex_unlock(&lock);
	info->fh = (uintptr_t)handle;
	return 0;
}

static int opened(const char *path, int flags, mode_t mode, struct fuse_file_info *info)
{
	int kept =
		(flags & (O_ACCMODE | O_NOFOLLOW)) | O_CLOEXEC; /* the kernel has done the rest */
	int fd = openat(root, below(path), kept | (flags & (O_CREAT | O_EXCL | O_TRUNC)), mode);
	return keep(flags & O_CREAT ? given(path, fd) : fd, kept, info);
}

static int do_getattr(const char *path, struct stat *st, struct fuse_file_info *info)
{
	(void)info;
	DO(fstatat(root, below(path), st, AT_SYMLINK_NOFOLLOW));
}

static int linked(const char *path, char *text, size_t size)
{
	ssize_t length = readlinkat(root, below(path), text, size - 1);
	if (length < 0)
		return -1;
	text[length] = 0;
	return 0;
}

static int do_readlink(const char *path, char *text, size_t size)
{
	DO(linked(path, text, size));
}

static int do_mknod(const char *path, mode_t mode, dev_t device)
{
	DO(given(path, mknodat(root, below(path), mode, device)));
}

static int do_mkdir(const char *path, mode_t mode)
{
	DO(given(path, mkdirat(root, below(path), mode)));
}

static int do_symlink(const char *text, const char *path)
{
	DO(given(path, symlinkat(text, root, below(path))));
}

static int do_unlink(const char *path)
{
	DO(unlinkat(root, below(path), 0));
}

static int do_rmdir(const char *path)
{
	DO(unlinkat(root, below(path), AT_REMOVEDIR));
}

static int do_rename(const char *from, const char *to, unsigned flags)
{
	DO(renameat2(root, below(from), root, below(to), flags));
}

static int do_link(const char *from, const char *to)
{
	DO(linkat(root, below(from), root, below(to), 0));
}

static int do_chmod(const char *path, mode_t mode, struct fuse_file_info *info)
{
	(void)info;
	DO(fchmodat(root, below(path), mode, 0));
}

static int do_chown(const char *path, uid_t user, gid_t group, struct fuse_file_info *info)
{
	(void)info;
	DO(fchownat(root, below(path), user, group, AT_SYMLINK_NOFOLLOW));
}

static int cut(const char *path, off_t size, const struct fuse_file_info *info)
{
	int fd = info ? file_of(path, info) : openat(root, below(path), O_WRONLY | O_CLOEXEC);
	int result = fd < 0 ? -1 : ftruncate(fd, size);
	int error = errno;
	if (!info && fd >= 0)
		close(fd);
	errno = error;
	return result;
}

static int do_truncate(const char *path, off_t size, struct fuse_file_info *info)
{
	DO(cut(path, size, info));
}

static int do_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *info)
{
	(void)info;
	DO(utimensat(root, below(path), times, AT_SYMLINK_NOFOLLOW));
}

static int do_open(const char *path, struct fuse_file_info *info)
{
	DO(opened(path, info->flags & ~(O_CREAT | O_EXCL), 0, info));
}

static int do_create(const char *path, mode_t mode, struct fuse_file_info *info)
{
	DO(opened(path, info->flags | O_CREAT, mode, info));
}

static int do_read(const char *path, char *text, size_t size, off_t at, struct fuse_file_info *info)
{
	DO((int)pread(file_of(path, info), text, size, at));
}

static int do_write(const char *path, const char *text, size_t size, off_t at,
		    struct fuse_file_info *info)
{
	DO((int)pwrite(file_of(path, info), text, size, at));
}

static int do_fsync(const char *path, int data, struct fuse_file_info *info)
{
	(void)data;
	DO(fsync(file_of(path, info)));
}

static int do_fallocate(const char *path, int mode, off_t at, off_t size,
			struct fuse_file_info *info)
{
	DO(fallocate(file_of(path, info), mode, at, size));
}

static int do_release(const char *path, struct fuse_file_info *info)
{
	(void)path;
	struct handle *handle =
		(struct handle *)(uintptr_t)info->fh; /* NOLINT(performance-no-int-to-ptr) */
	pthread_mutex_lock(&lock);
	if (handle->previous)
		handle->previous->next = handle->next;
	else
		handles = handle->next;
	if (handle->next)
		handle->next->previous = handle->previous;
	if (handle->fd >= 0)
		close(handle->fd);
	pthread_mutex_unlock(&lock);
	free(handle);
	return 0;
}

static int listed(const char *path, void *buffer, fuse_fill_dir_t fill)
{
	int fd = openat(root, below(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder)
		return -1;
	for (struct dirent *entry; (entry = readdir(folder));) {
		struct stat st = {.st_ino = entry->d_ino, .st_mode = (mode_t)entry->d_type << 12};
		if (fill(buffer, entry->d_name, &st, 0, 0))
			break;
	}
	closedir(folder);
	return 0;
}

static int do_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t at,
		      struct fuse_file_info *info, enum fuse_readdir_flags flags)
{
	(void)at, (void)info, (void)flags;
	DO(listed(path, buffer, fill));
}

static int do_statfs(const char *path, struct statvfs *st)
{
	(void)path;
	DO(fstatvfs(root, st));
}

/* As the mounts of nodes are: what is not there is looked for each time. */
static void *start(struct fuse_conn_info *connection, struct fuse_config *config)
{
	(void)connection;
	config->use_ino = 1;
	config->auto_cache = 1;
	config->entry_timeout = config->attr_timeout = 1;
	config->negative_timeout = 0;
	return NULL;
}

static const struct fuse_operations operations = {
	.init = start,
	.getattr = do_getattr,
	.readlink = do_readlink,
	.mknod = do_mknod,
	.mkdir = do_mkdir,
	.symlink = do_symlink,
	.unlink = do_unlink,
	.rmdir = do_rmdir,
	.rename = do_rename,
	.link = do_link,
	.chmod = do_chmod,
	.chown = do_chown,
	.truncate = do_truncate,
	.utimens = do_utimens,
	.open = do_open,
	.create = do_create,
	.read = do_read,
	.write = do_write,
	.fsync = do_fsync,
	.fallocate = do_fallocate,
	.release = do_release,
	.readdir = do_readdir,
	.statfs = do_statfs,
};

/* In the end no file of the server is open, so that it can unmount what it exported. */
static void leave(int is_stale)
{
	pthread_mutex_lock(&lock);
	int old = root;
	root = -1;
	stale = is_stale;
	while (working)
		pthread_cond_wait(&changed, &lock);
	for (struct handle *handle = handles; handle; handle = handle->next)
		if (handle->fd >= 0) {
			close(handle->fd);
			handle->fd = -1;
		}
	if (old >= 0)
		close(old);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static int serve(const char *pid, const char *folder)
{
	char path[4096];
	snprintf(path, sizeof(path), "/proc/%s/root%s", pid, folder);
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	leave(0);
	pthread_mutex_lock(&lock);
	root = fd;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return 0;
}

static void *obey(void *unused)
{
	char line[4096];
	(void)unused;
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		char *pid = strchr(line, ' '), *folder = pid ? strchr(pid + 1, ' ') : NULL;
		int result = 0;
		if (folder) {
			*folder = 0;
			result = serve(pid + 1, folder + 1);
		} else {
			leave(strcmp(line, "stale") == 0);
		}
		printf("%s\n", result < 0 ? strerror(errno) : "ok");
		fflush(stdout);
	}
	_exit(0); /* who started us is gone */
}

/* Mounts the open device in another namespace, and comes back. */
static int mount_in(const char *client, const char *target, const char *source, unsigned long flags,
		    int device)
{
	char path[64], words[128];
	snprintf(path, sizeof(path), "/proc/%s/ns/mnt", client);
	snprintf(words, sizeof(words),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,default_permissions,allow_other",
		 device);
	int own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC),
	    other = open(path, O_RDONLY | O_CLOEXEC);
	if (own < 0 || other < 0 || setns(other, CLONE_NEWNS) < 0)
		return -1;
	int result = mount(source, target, "fuse.nfs4", flags, words);
	int error = errno;
	if (setns(own, CLONE_NEWNS) < 0)
		return -1;
	close(own);
	close(other);
	errno = error;
	return result;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	char device_name[32], foreground[] = "-f";
	if (argc != 5) {
		fprintf(stderr, "usage: lab-nfs CLIENT TARGET SOURCE FLAGS\n");
		return 2;
	}
	umask(0);
	int device = open("/dev/fuse", O_RDWR);
	if (device < 0 ||
	    mount_in(argv[1], argv[2], argv[3], strtoul(argv[4], NULL, 0), device) < 0) {
		printf("%s\n", strerror(errno));
		return 1;
	}
	if (pthread_create(&thread, NULL, obey, NULL))
		return 1;
	snprintf(device_name, sizeof(device_name), "/dev/fd/%d", device);
	char *arguments[] = {argv[0], foreground, device_name, NULL};
	return fuse_main(3, arguments, &operations, NULL);
}
