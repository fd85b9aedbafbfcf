from core.outbox import Message, handler
from monitoring import notices


@handler(notices.STATUS_CHANGED)
def tell_pics(message: Message) -> None:
    """A machine turned red or does not answer: its PICs are told."""
    told = message.payload
    notices.tell_of_status(told["machine"], status=told["status"], metric=told["metric"], key=message.key)


@handler(notices.SILENCE)
def tell_monitoring_admins(message: Message) -> None:
    """Nobody polls: whoever runs the monitoring is told."""
    notices.tell_of_silence(message.payload["machines"], key=message.key)
