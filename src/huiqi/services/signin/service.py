"""Signing in and out, and what a person keeps about their own account."""

from huiqi.kernel.registry import Service

SERVICE = Service(name="signin", title="账号", urls="huiqi.services.signin.urls")
