from monitoring.models.load import LoadRun
from monitoring.models.machine import Machine, MachineFacts, MachineState, ShardLease
from monitoring.models.series import RollUp, Sample

__all__ = ["LoadRun", "Machine", "MachineFacts", "MachineState", "RollUp", "Sample", "ShardLease"]
