"""What django-allauth asks the portal."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.openid_connect import provider as openid_connect
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed unless the provider opened it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Sign-up through a provider is closed unless the hosting provider opened sign-up."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return bool(settings.SIGNUP_OPEN)


class OpenIDConnectProvider(openid_connect.OpenIDConnectProvider):
    """Takes the whole address of a discovery document as well as the address of the server."""

    def wk_server_url(self, url: str) -> str:
        # WHMCS serves its document as /oauth/openid-configuration.php, where the standard path of
        # OpenID Connect Discovery 1.0 section 4 leads nowhere without a rewrite.
        if "openid-configuration" in url:
            return url
        return str(super().wk_server_url(url))
