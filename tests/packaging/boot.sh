#!/bin/sh
# Boots this machine's systemd in a throwaway copy of this machine: new namespaces, an overlay that is gone afterwards, /proc/sys
# and /sys read-only, a cgroup of its own. The network is this machine's, for the lab. Called by try_package.py as
#   boot.sh NAMESPACES FOLDER    with what goes in as FOLDER/in and what comes out in FOLDER/out
set -e
folder=$2
if [ "$1" = outside ]; then
  mkdir "$folder/cgroup"
  mount -t cgroup2 none "$folder/cgroup"
  mkdir -p "$folder/cgroup/clawback-trial-$$"
  echo $$ > "$folder/cgroup/clawback-trial-$$/cgroup.procs"
  exec unshare --cgroup --mount --pid --ipc --uts --fork sh "$0" inside "$folder"
fi
mkdir "$folder/layer"
mount -t tmpfs tmpfs "$folder/layer"
root=$folder/layer/root
mkdir "$folder/layer/upper" "$folder/layer/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/layer/upper,workdir=$folder/layer/work" "$root"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue" "$root/dev/hugepages" "$root/opt/trial"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t mqueue mqueue "$root/dev/mqueue"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
cp -r "$folder/in/." "$root/opt/trial"
mkdir "$root/tmp/out"
mount --bind "$folder/out" "$root/tmp/out"
: > "$root/etc/fstab"
# A container has none of these; a copy of a machine may.
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
  systemd-sysctl.service systemd-modules-load.service systemd-tmpfiles-setup.service systemd-tmpfiles-setup-dev.service \
  systemd-random-seed.service systemd-timesyncd.service systemd-update-utmp.service systemd-machine-id-commit.service \
  systemd-journal-flush.service systemd-remount-fs.service systemd-binfmt.service kmod-static-nodes.service \
  dev-hugepages.mount dev-mqueue.mount sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
  sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount apparmor.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
chroot "$root" sh -c 'dpkg -i /opt/trial/clawback.deb && sh /opt/trial/prepare.sh' > "$folder/out/install.log" 2>&1
mkdir "$root/oldroot"
cd "$root"
pivot_root . oldroot
umount -l /oldroot
mount --make-rshared /
exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=trial.target --log-target=journal --show-status=0
