def page(newsletter, request):
    return f"<p>{newsletter.sent}</p>"
