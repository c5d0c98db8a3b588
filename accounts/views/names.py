"""What somebody is called."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import NameForm
from accounts.http import AuthenticatedHttpRequest
from accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show and change one's own name."""
    # A copy, so that a refused name doesn't stand in the menu of the page that refuses it.
    form = NameForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your name is saved."))
        return redirect("accounts:name")
    return render(request, "accounts/name.html", {"form": form}, status=422 if form.errors else 200)
