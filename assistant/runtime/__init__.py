"""The assistant in motion: threads, queues, supervision. It makes no decision of its own.

`assistant.Assistant` is one function, microphone frame in, loudspeaker frame out. `live` drives it from a
sound card, `talk` from a keyboard, `simulate` from a recorded or synthesized conversation.
"""
