"""Support looks at the portal as a customer does: with a reason, on record, and without passwords."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render, resolve_url
from django.urls import reverse
from hijack.views import AcquireUserView, ReleaseUserView

from accounts import access, selectors, services
from accounts.access import VISIT_SESSION_KEY
from accounts.forms import SupportVisitForm
from accounts.http import AuthenticatedHttpRequest
from accounts.models import User


class ViewAsCustomer(AcquireUserView):
    """Ask for the reason, record the visit, then become the customer."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        # Hijack's own dispatch wants the user in the body of a POST; here it stands in the address.
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not self.test_func():
            raise Http404
        return super(AcquireUserView, self).dispatch(request, *args, **kwargs)

    def test_func(self) -> bool:
        return access.may_view_as(staff=self.request.user, user=self.get_object())

    def get_object(self, queryset: object = None) -> User:
        return get_object_or_404(User, pk=self.kwargs["user_id"])

    def get_success_url(self) -> str:
        return resolve_url("mailsetup:home")

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self._ask(SupportVisitForm())

    def post(self, request: AuthenticatedHttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = SupportVisitForm(request.POST)
        if not form.is_valid():
            return self._ask(form)
        response: HttpResponse
        with transaction.atomic():
            visit = services.start_support_visit(request.user, self.get_object(), form.cleaned_data["reason"])
            response = super().post(request, *args, **kwargs)  # type: ignore[no-untyped-call]  # hijack says none
        # The change of user began a new session, so the note goes into that one.
        request.session[VISIT_SESSION_KEY] = visit.pk
        return response

    def _ask(self, form: SupportVisitForm) -> HttpResponse:
        context = {"form": form, "viewed": self.get_object(), "back_url": _home_of(self.request)}
        return render(self.request, "accounts/view_as.html", context, status=422 if form.errors else 200)


class EndView(ReleaseUserView):
    """Become oneself again, and record when."""

    def post(self, request: AuthenticatedHttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        visit_id = request.session.get(VISIT_SESSION_KEY)
        response: HttpResponse
        response = super().post(request, *args, **kwargs)  # type: ignore[no-untyped-call]  # hijack says none
        visit = selectors.open_visit(visit_id, request.user)
        if visit is not None:
            services.end_support_visit(visit)
        return response

    def get_success_url(self) -> str:
        return _home_of(self.request)


def _home_of(request: HttpRequest) -> str:
    """Where staff came from, as far as they may be there."""
    return reverse("mailsetup:desk" if access.desk_rights(request.user).desk else "admin:index")
