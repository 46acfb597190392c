"""Every sentence the bot says, from templates; imports Jinja2 only when something is rendered."""

from bot.words.templates import TemplateWords

__all__ = ["TemplateWords"]
