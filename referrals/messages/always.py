"""What a mail must say (DOMAIN.md section 2) however a practice words it: it follows the practice's own words.

In the language of those words, so that each case says what is true in it. Nobody can take it out or change it.
"""

from ..notices import Template

_PHONE = "{% if provider_phone %}\nYou can also call: {{ provider_phone }}\n{% endif %}\n"
_GENERAL = (
    "When one of our providers can help, they will contact you."
    "{% if by %} If nobody has taken up your request by {{ by }}, we will email you with what we do next.{% endif %}\n"
)
_AGREED = (
    "{{ taker if taker else 'One of our providers' }} has agreed to contact you. Our providers aim to do so within"
    " {{ contact_within }} of accepting.\n{% if taker_phone %}\nYou can also call: {{ taker_phone }}\n{% endif %}\n"
)
_CHANGE = "\nTo correct or withdraw your request, contact support (below) and give the reference {{ code }}.\n"
_NOTHING = "\nYou do not need to do anything now.\n"
_NEXT, _NOW = "# What happens next\n\n", "# Where your request stands\n\n"
_BACK = "contact support (below) and give the reference {{ code }}.\n"
_OFFERED = (
    "{% if variant == 'taken' %}\nWe offered your request to our other providers.\n\n"
    + _AGREED
    + "{% else %}\nYour request is now open to our other providers.\n\n"
    + _GENERAL
    + "{% endif %}\n"
    + _NOTHING
)

#: By mail; a note of thanks has none, because it must say nothing of anybody.
ALWAYS: dict[Template, str] = {
    Template.CLIENT_CONFIRMATION: _NEXT
    + "We have received your request.\n\n"
    + "{% if variant == 'preferred' %}\n"
    + "{{ provider }} has your request.{% if by %} They have until {{ by }} to tell us whether they can contact"
    + " you.{% endif %} If they cannot, we will offer it to our other providers and email you.\n"
    + _PHONE
    + "{% elif variant == 'taken' %}\n"
    + _AGREED
    + "{% else %}\n{% if provider %}\n"
    + "You asked for {{ provider }}, who is not {{ 'taking new referrals' if variant == 'paused' else 'available"
    + " for new requests' }} right now. So that you do not have to wait, we have shared your request with our other"
    + " providers.\n{% else %}\nWe have shared your request with our providers.\n{% endif %}\n\n"
    + _GENERAL
    + "{% endif %}\n"
    + _NOTHING
    + _CHANGE,
    Template.CLIENT_REMINDER: _NOW
    + "{% if variant == 'taken' %}\n"
    + _AGREED
    + "\nIf you are already in touch, please ignore this email. If you have not heard from them, contact support"
    + " (below) and we will look into it.\n{% else %}\n"
    + "Your request is still waiting for a provider to contact you.\n\n"
    + "{% if variant == 'preferred' %}\n"
    + "{{ provider }} has not answered yet.{% if by %} They have until {{ by }}.{% endif %} If they cannot contact"
    + " you, we will offer your request to our other providers and email you.\n"
    + _PHONE
    + "{% else %}\n"
    + _GENERAL
    + "{% endif %}\n"
    + _NOTHING
    + "{% endif %}\n\nThis email does not book anything for you.\n"
    + _CHANGE,
    Template.CLIENT_DECLINED: _NOW
    + "{{ provider if provider else 'The provider we had asked' }} is not available at this time.\n\n"
    + _OFFERED,
    Template.CLIENT_RELEASED: _NOW
    + "The provider who had taken up your request is no longer available.\n\n"
    + _OFFERED,
    Template.CLIENT_FINAL: _NEXT
    + "None of our providers has been available for your request yet. Our staff now look after it themselves: they"
    + " will go through the options that are left, here or elsewhere, and contact you. You do not have to send anything"
    + " again.\n\n"
    + "Would you rather talk to us now? {% if support_phone %}Call {{ support_phone }}{% else %}Contact support"
    + " (below){% endif %} and give the reference {{ code }}.\n\n"
    + "You are free to look for care elsewhere in the meantime.\n",
    Template.CLIENT_CLOSING: _NOW
    + "{% if variant == 'withdrawn' %}\n"
    + "Your request is withdrawn, and we have closed it. Our providers will not contact you about it any more.\n\n"
    + "If you did not ask for this, or if you change your mind, "
    + _BACK
    + "{% elif variant == 'unreachable' %}\n"
    + "We tried to reach you about your request and could not, so we have closed it for now.\n\n"
    + "You are welcome back at any time: "
    + _BACK
    + "{% elif variant == 'referred_out' %}\n"
    + "We have referred you to care outside our practice, and closed your request here. Whether you follow it up is"
    + " your choice.\n\nIf it does not work out, "
    + _BACK
    + "{% elif variant == 'duplicate' %}\n"
    + "We seem to have received your request twice. We have closed this one and go on with the other, so you have"
    + " nothing to do.\n\nIf the two were for different people, "
    + _BACK
    + "{% elif variant == 'placed_elsewhere' %}\n"
    + "We understand that you have found care elsewhere, so we have closed your request. We wish you well.\n\n"
    + "If that is not right, or if you need us again, "
    + _BACK
    + "{% elif variant == 'no_longer_needed' %}\n"
    + "We understand that you no longer need our help, so we have closed your request. Our providers will not"
    + " contact you about it any more.\n\nIf that is not right, or if you change your mind, "
    + _BACK
    + "{% else %}\n"
    + "We have closed your request. Our providers will not contact you about it any more.\n\n"
    + "If you did not expect this, or if you still need our help, "
    + _BACK
    + "{% endif %}\n",
    Template.SOURCE_ACKNOWLEDGEMENT: "Thank you: we have received your referral, and our team will be in touch with the"
    " person you referred.\n\nIf you need to ask about it, give the reference {{ code }}.\n\n"
    "To protect their privacy, we cannot tell you how it goes on unless they have agreed to it in writing.\n",
}
