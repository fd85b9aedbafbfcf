"""/proc as numbers, from texts captured on a laptop, a container and a virtual machine."""

import pytest

from monitoring.transports import proc

STAT = """cpu  1000 50 300 8000 400 10 40 200 90 5
cpu0 500 25 150 4000 200 5 20 100 45 2
cpu1 500 25 150 4000 200 5 20 100 45 3
intr 1 2 3
btime 1795306378
procs_running 3
"""
DISKSTATS = """   7       0 loop0 55 0 2110 30 0 0 0 0 0 40 30 0 0 0 0 0 0
 259       0 nvme0n1 100 0 2000 10 50 0 1000 20 0 5 30
 259       1 nvme0n1p1 90 0 1900 10 50 0 1000 20 0 5 30
   8       0 sda 10 0 100 1 5 0 50 2 0 1 3
   8       1 sda1 10 0 100 1 5 0 50 2 0 1 3
 253       0 dm-0 90 0 1900 10 50 0 1000 20 0 5 30
"""
NET_DEV = """Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  696122    4777    0    0    0     0          0         0   696122    4777    0    0    0     0       0          0
  eth0: 1000 19454    0    0    0     0          0         0   300    8730    0    0    0     0       0          0
docker0: 77 1    0    0    0     0          0         0   88    1    0    0    0     0       0          0
"""
MOUNTS = """proc /proc proc rw 0 0
/dev/sda1 / ext4 rw,relatime 0 0
/dev/sda1 /etc/hosts ext4 rw,relatime 0 0
/dev/sdb1 /srv/data\\040lama xfs rw 0 0
/dev/loop3 /snap/core squashfs ro 0 0
/dev/sr0 /media/cd vfat ro 0 0
overlay /var/lib/docker/overlay2/abc/merged overlay rw 0 0
nas:/share /mnt/nas nfs4 rw 0 0
"""


def test_cpu_counts_what_is_neither_idle_nor_waiting():
    stat = proc.parse_stat(STAT)
    later = proc.CpuTimes(busy=stat.cpu.busy + 60, iowait=stat.cpu.iowait + 20, total=stat.cpu.total + 200)

    assert proc.cpu_percent(stat.cpu, later) == (30.0, 10.0)
    assert (stat.cores, stat.running, stat.boot_time) == (2, 3, 1795306378)


def test_guests_are_not_counted_twice():
    assert proc.parse_stat(STAT).cpu.total == 1000 + 50 + 300 + 8000 + 400 + 10 + 40 + 200


def test_no_tick_between_two_readings_is_no_percentage():
    times = proc.parse_stat(STAT).cpu

    assert proc.cpu_percent(times, times) is None


def test_memory_used_is_what_cannot_be_had_back():
    memory = proc.parse_meminfo("MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 600 kB\nSwapTotal: 0 kB\n")

    assert memory.used == 400 * 1024
    assert memory.pct == 40.0
    assert memory.swap_pct == 0.0


def test_memory_of_an_old_kernel_counts_cache_as_available():
    memory = proc.parse_meminfo("MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 250 kB\n")

    assert memory.pct == 60.0


def test_each_disk_is_counted_once():
    assert proc.parse_diskstats(DISKSTATS) == ((2000 + 100) * 512, (1000 + 50) * 512)


def test_a_machine_whose_only_disk_is_a_partition_still_has_one():
    assert proc.parse_diskstats(" 202 1 xvda1 10 0 100 1 5 0 50 2 0 1 3") == (100 * 512, 50 * 512)


def test_only_real_interfaces_count():
    assert proc.parse_net_dev(NET_DEV) == (1000, 300)


def test_mounts_are_real_file_systems_each_once():
    assert [mount.path for mount in proc.parse_mounts(MOUNTS)] == ["/", "/srv/data lama"]


def test_the_root_of_a_container_is_a_disk():
    assert [mount.path for mount in proc.parse_mounts("overlay / overlay rw,lowerdir=/x 0 0")] == ["/"]


def test_a_counter_that_began_again_gives_no_rate():
    assert proc.rate(1000, 400, 5) is None
    assert proc.rate(400, 1000, 5) == 120


def test_a_process_may_be_called_anything():
    text = "42 (a) S (b) " + "S " + " ".join(str(number) for number in range(1, 40))

    assert proc.parse_process_stat(text) == ("a) S (b", 11 + 12, 21)


@pytest.mark.parametrize(
    "parse",
    [
        proc.parse_stat,
        proc.parse_loadavg,
        proc.parse_meminfo,
        proc.parse_diskstats,
        proc.parse_net_dev,
        proc.parse_uptime,
        proc.parse_process_stat,
    ],
)
def test_a_hidden_file_is_nothing_and_not_zero(parse):
    assert parse("") is None
