// SPDX-License-Identifier: MIT
// lock: flock() on a descriptor of the database itself.
//
// Not a lock file: that one can be deleted, copied along, or left behind. Not fcntl(): SQLite holds fcntl
// locks on this file, and closing any descriptor of it in the same process drops them. For that reason too
// the descriptor is opened before SQLite opens the file and closed after SQLite has closed it. The kernel
// lets go of it when the process ends, however it ends.
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

// Who holds flock() on this file, from lines such as
//   1: FLOCK  ADVISORY  WRITE 4711 fe:01:262402 0 EOF
// 0 when the kernel does not say (another container, a file system with other device numbers).
static int holder_of(int fd)
{
    struct stat st;
    char line[256];
    int holder = 0;
    FILE *locks = fstat(fd, &st) == 0 ? fopen("/proc/locks", "re") : NULL;
    if (!locks) return 0;
    while (!holder && fgets(line, sizeof line, locks)) {
        unsigned major_number, minor_number;
        unsigned long inode;
        int pid;
        if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid, &major_number, &minor_number, &inode) ==
                4 &&
            inode == st.st_ino && major_number == major(st.st_dev) && minor_number == minor(st.st_dev))
            holder = pid;
    }
    fclose(locks);
    return holder;
}

static int refuse_busy(int fd, const char *path, struct err *e)
{
    int holder = holder_of(fd);
    if (!holder) return err_set(e, ERR_BUSY, "%s is in use by another usher: stop that one first.", path);
    return err_set(e, ERR_BUSY,
        "%s is in use by usher, process %d: ask that one (usher flows), or stop it first.", path, holder);
}

int lock_open(const char *path, bool shared, struct err *e)
{
    int flags = O_CLOEXEC | O_NOCTTY | (shared ? O_RDONLY : O_RDWR | O_CREAT);
    int fd = open(path, flags, 0600), failed;
    if (fd < 0) return err_set(e, ERR_STORAGE, "%s can't be opened: %s.", path, strerror(errno));
    while ((failed = flock(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB)) && errno == EINTR) continue;
    if (!failed) return fd;
    if (errno == EWOULDBLOCK) failed = refuse_busy(fd, path, e);
    else failed = err_set(e, ERR_STORAGE, "%s can't be locked: %s.", path, strerror(errno));
    close(fd);
    return failed;
}
