"""What a button is called by those who hear it, and by those who say it."""

import pytest

from blocks.ids import ActionId
from blocks.layout import button


@pytest.mark.parametrize(
    ("label", "spoken", "heard"),
    [
        ("Contacted", "Client of R-7K3QM contacted", "Client of R-7K3QM contacted"),
        ("Client details", "Who the client of R-7K3QM is", "Client details: Who the client of R-7K3QM is"),
        ("Pause until…", "Pause until a day", "Pause until a day"),
        ("Never mind", "", None),
    ],
)
def test_the_label_is_part_of_what_is_heard(label: str, spoken: str, heard: str | None) -> None:
    assert button(ActionId.DETAILS, label, "id", spoken).to_dict().get("accessibility_label") == heard
