"""The words that mail servers use when they speak of mail. Of what a server says, only these are kept.

A server may repeat the password that it was sent, in any disguise. What is not on a list can't be kept by
mistake, and what is on one was written here and not by the server.
"""

# The registries of IANA: imap-capabilities, pop3-extension-mechanism, mail-parameters (SMTP service
# extensions), sasl-mechanisms; and what Dovecot, Cyrus, Courier and Exchange offer besides.
_CAPABILITIES = """
IMAP4 IMAP4rev1 IMAP4rev2 ACL ANNOTATE-EXPERIMENT-1 APPENDLIMIT BINARY CATENATE CHILDREN COMPRESS=DEFLATE
CONDSTORE CONTEXT=SEARCH CONTEXT=SORT CONVERT CREATE-SPECIAL-USE ENABLE ESEARCH ESORT FILTERS ID IDLE
INPROGRESS I18NLEVEL=1 I18NLEVEL=2 JMAPACCESS LANGUAGE LIST-EXTENDED LIST-METADATA LIST-MYRIGHTS LIST-STATUS
LITERAL+ LITERAL- LOGIN-REFERRALS LOGINDISABLED MAILBOX-REFERRALS MESSAGELIMIT METADATA METADATA-SERVER MOVE
MULTIAPPEND MULTISEARCH NAMESPACE NOTIFY OBJECTID PARTIAL PREVIEW PREVIEW=FUZZY QRESYNC QUOTA QUOTASET
REPLACE RIGHTS= SASL-IR SAVEDATE SAVELIMIT SEARCH=FUZZY SEARCHRES SNIPPET=FUZZY SORT SORT=DISPLAY
SPECIAL-USE STARTTLS STATUS=SIZE THREAD=ORDEREDSUBJECT THREAD=REFERENCES THREAD=REFS THREAD UIDBATCHES
UIDONLY UIDPLUS UNAUTHENTICATE UNSELECT URLAUTH URL-PARTIAL UTF8=ACCEPT UTF8=ONLY WITHIN XLIST X-GM-EXT-1
XAPPLEPUSHSERVICE XMOVE XSAVEDATE AUTH-RESP-CODE EXPIRE IMPLEMENTATION LANG LOGIN-DELAY PIPELINING
RESP-CODES SASL STLS TOP UIDL USER UTF8 8BITMIME ATRN AUTH BINARYMIME BURL CHUNKING DELIVERBY DSN
ENHANCEDSTATUSCODES ETRN EXPN FUTURERELEASE HELP LIMITS MT-PRIORITY MTRK NO-SOLICITING REQUIRETLS RRVS SIZE
SMTPUTF8 SUBMITTER TURN VERB VRFY XCLIENT XFORWARD XVERP X-ANONYMOUSTLS X-EXPS XEXCH50 ANONYMOUS APOP
CRAM-MD5 DIGEST-MD5 EXTERNAL GSSAPI GSS-SPNEGO KERBEROS_V4 LOGIN NTLM OAUTHBEARER OTP PLAIN SCRAM-SHA-1
SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-256-PLUS SCRAM-SHA-512 SKEY XOAUTH2
"""

# Response codes of IMAP (RFC 9051 section 7.1, RFC 5530) and POP3 (RFC 2449, RFC 3206); commands, verdicts.
_PROTOCOL = """
* +OK -ERR OK NO BAD BYE PREAUTH CAPABILITY CAPA EHLO HELO ESMTP SMTP ESMTPS ESMTPA LMTP IMAP POP POP3 TLS
SSL ALERT ALREADYEXISTS AUTHENTICATIONFAILED AUTHORIZATIONFAILED BADCHARSET CANNOT CLIENTBUG CONTACTADMIN
CORRUPTION EXPIRED EXPUNGEISSUED HASCHILDREN INUSE LIMIT NONEXISTENT NOPERM OVERQUOTA PARSE PERMANENTFLAGS
PRIVACYREQUIRED READ-ONLY READ-WRITE REFERRAL SERVERBUG TRYCREATE UIDNEXT UIDVALIDITY UNAVAILABLE
UNKNOWN-CTE UNSEEN WEBALERT HIGHESTMODSEQ NOMODSEQ CLOSED SYS/TEMP SYS/PERM IN-USE AUTHENTICATE SELECT
EXAMINE LIST SEARCH STORE EXPUNGE UID APPEND LOGOUT NOOP DONE INBOX EXISTS RECENT FLAGS PASS STAT RETR DELE
QUIT RSET RCPT DATA DNS DNSBL RBL Junk Spam Trash IP IPv4 IPv6 HTTP HTML SSH URL ID PIN UTC
"""

# Products that a greeting names.
_PRODUCTS = """
Apache Axigen Communigate Courier Cyrus Debian Dovecot Exchange Exim FileZilla GNU Gmail Google Haraka
hMailServer IceWarp IMail Kerio Lotus MailEnable Maddy MDaemon Merak Microsoft Mimecast nginx Notes
OpenSMTPD OpenSSH Oracle Outlook Pigeonhole Plesk Postfix postscreen Proofpoint qmail Rspamd Scalix Sendmail
SmarterMail Spamhaus Stalwart Ubuntu UW Windows Yahoo Zarafa Zimbra Zoho
"""

_ENGLISH = """
a aborted about above abuse abusive accept accepted access account accounts action activate activated active
actively add address addresses admin administratively administrator after again aggressive ago all allow
allowed allowing already also alternative always an and android another antivirus any app apple application
application-specific applications apps archive are as ask at attachment attachments attempt attempting
attempts auth authenticate authenticated authenticating authentication authorization authorized available
back backend banned be because been before being big bigger blacklist blacklisted block blocked blocking
blocklist body both bounce box breach browser busy but by byte bytes call can can't cancelled cannot
certificate change changed check cleartext click client closed closing command commands complete completed
concurrent configuration configured connect connected connecting connection connections contact content
control corporate correct corrupted corruption could couldn't count credential credentials current currently
customer daemon data database day days deactivated debug declined default deferred delay delayed delete
deleted delivered delivery denied denying device devices did directory disabled disallowed disconnected disk
dkim dmarc do does doesn't domain domains don't down drafts due duplicate during dynamic e-mail each early
either else email empty enable enabled encrypted encryption end ended enough enter envelope error errors
established even every exceed exceeded exceeds except exist existing exists expiration expired explicit
external fail failed failing fails failure failures feature few file filter filtered filtering find first
five folder follow for forbidden format found four free frequently from full further gateway generate
generic get go goodbye got gracefully greeting greylist greylisted greylisting group had has have header
headers hello help here hi high host hostname hour hours how hung i identity idle if ignored illegal imap4
immediately implemented implicit in inactive inactivity incoming incorrect incorrectly infected inform
information input insecure insufficient internal internet into invalid ios ipv is issue issued it its just
key kind known language large last later least left length less level limit limitation limited line lines
link list listed local locally location lock locked locking log logged logging login logins logon long
longer lookup mac mail mailbox mailboxes maildrop mailserver maintenance make many match matches max maximum
may me mechanism mechanisms memory message messages method methods might mime minute minutes mismatch
missing mobile mode moment more most moved much multi-factor must mx my name needed needs network never new
next non not nothing now null number obtain of off offered old on once one only open opened operating
operation option or order other our out outgoing over overloaded own owned owner page paid parameter
parameters part pass-phrase password passwords path payment pending per permanent permanently permission
permit permitted phishing phone phrase place plain plaintext please policy port portal possible postmaster
preferences privacy problem problems proceed process processes processing program prohibited protected
protocol provide provided provider proxy ptr queue queued queueing quota quotas rate rate-limited reach
reached read ready reason receive received recently recipient recipients reconnect reconnecting record
records refused regards register registered reject rejected rejecting relay relaying remote remove report
reputation request request-id requested requests require required requirement requires reset resolve
resolved resource resources response restart restarting restricted restriction result retries retrieve retry
reverse root rule running same scheduled search second seconds secure security see select selected send
sender senders sending sent sequence server servers service services session sessions set setting settings
setup several should shut shutdown shutting sign sign-in signature signed signin signing simultaneous since
six size slow small smtpd so socket some soon sorry source space spam spammer speak specific specified spf
spoof start started state status step still stop stopped storage stored subscription success successful
successfully such suitable support supported suspended suspicious switch syntax system take takes talk
temporarily temporary ten than thank thanks that the their them then there these they this those three
throttled through time timed timeout timeouts times to token too top transaction transfer transport tried
tries try trying turn two two-factor two-step type unable unauthenticated unauthorized unavailable unblock
under unencrypted unexpected unfortunately unknown unlock unpaid unrecognized unsolicited unsuccessful
unsupported until unusual up update upgrade us usage use used user username users uses using valid validate
validated verification verified verify version very via violation virtual virus visit wait waiting want
warning was way we web webmail website welcome were when where which while whitelist who will with within
without words work working would write written wrong xoauth yes yet you your zero
"""

MAIL_WORDS: dict[str, str] = {
    word.casefold(): word for word in (_CAPABILITIES + _PROTOCOL + _PRODUCTS + _ENGLISH).split()
} | {f"auth={name.casefold()}": f"AUTH={name}" for name in _CAPABILITIES.split() if name.isupper()}
"""A word in lower case, and as it is written; where two lists have it, as the later one does."""
