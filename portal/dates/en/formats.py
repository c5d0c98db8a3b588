"""The day before the month and the clock with 24 hours, as most of the people who write English here do.

Pages, paper, mails and the admin all take these, so nobody has to guess whether 3/4 is in March or in April.
"""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
