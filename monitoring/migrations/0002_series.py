from django.db import migrations

# Partitions are made by `maintain_partitions`; their names, days and ages stand in `monitoring.apps`.
SAMPLE = """
CREATE TABLE monitoring_sample (
    machine_id bigint NOT NULL,
    at timestamptz NOT NULL,
    load5 real, load15 real, running integer, mem_used bigint, uptime_s bigint,
    cost_cpu_ms real, cost_bytes integer, poll_ms real,
    cpu real, iowait real, load1 real, mem_pct real, swap_pct real, disk_pct real, net_rx real, net_tx real, disk_read real, disk_write real, processes real,
    PRIMARY KEY (machine_id, at)
) PARTITION BY RANGE (at)
"""
ROLLUP = """
CREATE TABLE monitoring_rollup (
    machine_id bigint NOT NULL,
    at timestamptz NOT NULL,
    samples smallint NOT NULL,
    cpu_min real, cpu_max real, cpu_mean real, cpu_p50 real, cpu_p95 real,
    iowait_min real, iowait_max real, iowait_mean real, iowait_p50 real, iowait_p95 real,
    load1_min real, load1_max real, load1_mean real, load1_p50 real, load1_p95 real,
    mem_pct_min real, mem_pct_max real, mem_pct_mean real, mem_pct_p50 real, mem_pct_p95 real,
    swap_pct_min real, swap_pct_max real, swap_pct_mean real, swap_pct_p50 real, swap_pct_p95 real,
    disk_pct_min real, disk_pct_max real, disk_pct_mean real, disk_pct_p50 real, disk_pct_p95 real,
    net_rx_min real, net_rx_max real, net_rx_mean real, net_rx_p50 real, net_rx_p95 real,
    net_tx_min real, net_tx_max real, net_tx_mean real, net_tx_p50 real, net_tx_p95 real,
    disk_read_min real, disk_read_max real, disk_read_mean real, disk_read_p50 real, disk_read_p95 real,
    disk_write_min real, disk_write_max real, disk_write_mean real, disk_write_p50 real, disk_write_p95 real,
    processes_min real, processes_max real, processes_mean real, processes_p50 real, processes_p95 real,
    PRIMARY KEY (machine_id, at)
) PARTITION BY RANGE (at)
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial")]
    operations = [
        migrations.RunSQL(SAMPLE, "DROP TABLE monitoring_sample"),
        migrations.RunSQL(ROLLUP, "DROP TABLE monitoring_rollup"),
    ]
