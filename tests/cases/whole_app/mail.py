class Mailer:
    async def send(self, subject: str) -> int:
        return 1


def make_mailer() -> Mailer:
    return Mailer()
