#!/bin/sh
# container.sh ROOT WORK PACKAGE NODE system|user [command …]
#
# system: boots systemd as pid 1 of a container of its own: namespaces, control groups, an overlay over ROOT.
# user:   the service manager of a user, who is root, in the pid namespace of the machine; only there can the kernel's
#         trace be used. It applies the sandbox of a unit just as pid 1 does.
#
# NODE and PACKAGE (at /opt/idleproof) are mounted read-only; everything written goes to WORK. It ends with this script.
set -eu
if [ "${1:-}" != inside ]; then
  work=$2 kind=$5
  name=$(basename "$work")
  mkdir -p "$work/upper" "$work/overlay" "$work/merged"
  for controller in cpu cpuacct memory pids systemd unified; do
    [ -d "/sys/fs/cgroup/$controller" ] || continue
    mkdir -p "/sys/fs/cgroup/$controller/$name"
    echo $$ > "/sys/fs/cgroup/$controller/$name/cgroup.procs"
  done
  pids=
  [ "$kind" = user ] || pids=--pid
  exec unshare $pids --mount --uts --ipc --cgroup --net --fork --kill-child --propagation private sh "$0" inside "$@"
fi

shift
root=$1 work=$2 package=$3 node=$4 kind=$5
shift 5
new=$work/merged
hostname idleproof-test
ip link set lo up
mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/overlay" "$new"
mount -t tmpfs -o mode=755 tmpfs "$new/dev"
mkdir -p "$new/dev/pts" "$new/dev/shm" "$new/opt/idleproof" "$new/old"
for device in null zero full random urandom tty; do
  touch "$new/dev/$device"
  mount --bind "/dev/$device" "$new/dev/$device"
done
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$new/dev/pts"
ln -s pts/ptmx "$new/dev/ptmx"
ln -s /proc/self/fd "$new/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$new/run"
mount -t tmpfs tmpfs "$new/tmp"
mount -t proc proc "$new/proc"
mount -t sysfs -o ro sysfs "$new/sys"
mount -t tracefs tracefs "$new/sys/kernel/tracing"
mount -t tmpfs -o mode=755 tmpfs "$new/sys/fs/cgroup"
mkdir "$new/sys/fs/cgroup/systemd" "$new/sys/fs/cgroup/unified"
mount -t cgroup -o none,name=systemd cgroup "$new/sys/fs/cgroup/systemd"
mount -t cgroup2 cgroup2 "$new/sys/fs/cgroup/unified"
for controller in cpu cpuacct memory pids; do
  [ -d "/sys/fs/cgroup/$controller" ] || continue
  mkdir "$new/sys/fs/cgroup/$controller"
  mount -t cgroup -o "$controller" cgroup "$new/sys/fs/cgroup/$controller"
done
mount --bind "$new/proc/sys" "$new/proc/sys"
mount -o remount,bind,ro "$new/proc/sys"
touch "$new/usr/bin/node"
mount --bind "$node" "$new/usr/bin/node"
mount -o remount,bind,ro "$new/usr/bin/node"
mount --bind "$package" "$new/opt/idleproof"
mount -o remount,bind,ro "$new/opt/idleproof"
cd "$new"
pivot_root . old
umount -l /old
path=/usr/sbin:/usr/bin:/sbin:/bin
if [ "$kind" = system ]; then
  exec env -i container=unshare PATH=$path \
    setpriv --bounding-set=-sys_time,-sys_module,-sys_boot,-sys_rawio,-mknod \
    /lib/systemd/systemd systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=0
fi
# What pid 1 would have made: the mark of a booted system, and what stands in for what a unit may not see.
mkdir -p /run/systemd/system /run/systemd/inaccessible/dir /run/user/0 /root/.config/systemd/user
for file in reg fifo chr blk sock; do touch "/run/systemd/inaccessible/$file"; done
exec env -i container=unshare PATH=$path HOME=/root XDG_RUNTIME_DIR=/run/user/0 /lib/systemd/systemd --user "$@"
