"""Operations: what routes do, for transports other than HTTP."""
