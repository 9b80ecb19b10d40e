/** First program in a guest: find the root image, hand over to it. Runs in busybox out of the initramfs. */
const initramfsInit = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /root
/bin/busybox mount -t devtmpfs dev /dev
for module in $(/bin/busybox cat /modules/order); do /bin/busybox insmod /modules/$module; done
until [ -b /dev/vda ]; do /bin/busybox usleep 20000; done
/bin/busybox mount -t ext4 -o rw,noatime /dev/vda /root
/bin/busybox mount -o move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
`;

/** Busybox's init reaps orphans, which a shell as process 1 does badly; nothing is respawned. */
const inittab = `::sysinit:/lab/rc
::ctrlaltdel:/bin/busybox reboot -f
`;

/** Brings a guest up and says so on the serial port. Two guests share one image and differ by lab.name= on the command line. */
const rc = `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
exec >/dev/ttyS0 2>&1
mount -t proc proc /proc
mount -t sysfs sys /sys
mkdir -p /dev/pts /dev/shm
mount -t devpts -o gid=5,mode=620 devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs -o mode=755 run /run
mkdir -p /run/lock /run/sshd /opt/tools
name=$(sed -n 's/.*lab\\.name=\\([a-z]*\\).*/\\1/p' /proc/cmdline)
hostname "$name"
echo "127.0.0.1 localhost $name" > /etc/hosts
# Guests must not look like one machine to ZFS's multihost protection.
printf "$(echo "$name" | md5sum | sed 's/\\(..\\)\\(..\\)\\(..\\)\\(..\\).*/\\\\x\\1\\\\x\\2\\\\x\\3\\\\x\\4/')" > /etc/hostid
modprobe zfs &
zfs=$!
modprobe -a virtio_net virtio_scsi sd_mod virtio_rng loop
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add --subsystem-match=block --subsystem-match=net --subsystem-match=misc
ip link set lo up
until [ -e /sys/class/net/eth0 ]; do /bin/busybox usleep 20000; done
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
ip route add default via 10.0.2.2
[ -b /dev/vdb ] && mount -t ext4 -o ro /dev/vdb /opt/tools
ln -sfn /etc/ssh/lab/$name /run/lab-host-key
wait $zfs
udevadm settle --timeout=30
/usr/sbin/sshd
# It forks before it listens, and writes this file after.
until [ -s /run/sshd.pid ]; do /bin/busybox usleep 20000; done
[ -c /dev/zfs ] && echo LAB-READY || echo LAB-BROKEN
`;

/** sshd for tests: keys only, nothing that waits for a name server, room for many sessions at once. */
const sshdConfig = `HostKey /run/lab-host-key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
MaxSessions 100
MaxStartups 100
LoginGraceTime 60
Subsystem sftp internal-sftp
`;

/** ZFS's memory cache must leave room in a small guest. */
const modprobeConf = 'options zfs zfs_arc_max=268435456\n';

/** Texts that end up in the images, all part of the recipe's hash. */
export const guestFiles = { initramfsInit, inittab, rc, sshdConfig, modprobeConf } as const;

/** The line on the serial port that says that a guest is up. */
export const readyLine = 'LAB-READY';

/** The line on the serial port that says that ZFS did not load. */
export const brokenLine = 'LAB-BROKEN';
