"""From a page of the desk to the portal as a customer sees it."""

from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from accounts import access
from accounts.access import DeskRights
from accounts.models import Membership
from accounts.views.support import ViewAsCustomer
from mailsetup.support import selectors
from mailsetup.support.addresses import Subject
from mailsetup.support.forms import VisitForm
from mailsetup.support.selectors import Listed


def visit_form_for(
    request: HttpRequest,
    rights: DeskRights,
    people: Listed[Membership] | None,
    *,
    of: Subject | None = None,
    data: QueryDict | None = None,
) -> VisitForm | None:
    """To look at the portal as one of `people`, if there is anybody; `of` an address as the one who has it.

    `?person=` says who it is to be.
    """
    if not rights.view_as or people is None:
        return None
    asked = (data or request.GET).get("person", "")
    address = str(of.address) if of is not None else ""
    wanted = selectors.people_wanted(people, number=asked, address=address)
    there = [each for each in wanted if access.may_be_viewed(each)]
    if not there:
        return None
    person = next((each for each in there if str(each.pk) == asked), None)
    if of is not None and data is None and person is None:
        having = [each for each in there if each.email == address]
        person = next(iter(having), there[0] if len(there) == 1 and not people.more else None)
    initial = {"person": person.pk} if person else {}
    return VisitForm(data, people=there, fixed=person if of is not None else None, initial=initial)


def begin_visit(request: HttpRequest, form: VisitForm | None) -> HttpResponseBase | None:
    """Through the door that any visit goes through; None where the form has to be asked again."""
    if form is None:
        raise Http404("There is nobody to look as.")
    if not form.is_valid():
        return None
    return ViewAsCustomer.as_view()(request, user_id=form.cleaned_data["person"])
