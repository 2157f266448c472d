"""Alerts as the tools send them: https://prometheus.io/docs, grafana.com/docs, docs.datadoghq.com, and what
Uptime Kuma and the notification commands of Nagios and Icinga post."""

import pytest

from support_retainer.domain.alerts import State, UnknownAlertFormat, priority_of, read

ALERTMANAGER = {
    "version": "4",
    "groupKey": '{}:{alertname="SiteDown"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "retainer",
    "groupLabels": {"alertname": "SiteDown"},
    "commonLabels": {"alertname": "SiteDown", "severity": "critical"},
    "commonAnnotations": {},
    "externalURL": "http://alertmanager:9093",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "SiteDown", "instance": "https://erp.client.example", "severity": "critical"},
            "annotations": {"summary": "erp.client.example is down", "description": "No answer for 5 minutes."},
            "startsAt": "2026-09-14T10:00:00.000Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus:9090/graph",
            "fingerprint": "c0ffee0123456789",
        },
        {
            "status": "resolved",
            "labels": {"alertname": "DiskFull", "instance": "db.client.example:9100", "severity": "warning"},
            "annotations": {},
            "startsAt": "2026-09-14T09:00:00.000Z",
            "endsAt": "2026-09-14T10:00:00.000Z",
            "generatorURL": "http://prometheus:9090/graph",
            "fingerprint": "deadbeef01234567",
        },
    ],
}
GRAFANA = {
    "receiver": "retainer",
    "status": "firing",
    "orgId": 1,
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "High memory usage", "grafana_folder": "ERP", "site": "erp.client.example"},
            "annotations": {"summary": "Memory above 90 %"},
            "startsAt": "2026-09-14T10:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "values": {"B": 44.23, "C": 1},
            "generatorURL": "https://play.grafana.org/alerting/1afz29v7z/edit",
            "fingerprint": "c6eadffa33fcdf37",
            "silenceURL": "https://play.grafana.org/alerting/silence/new",
        }
    ],
    "groupLabels": {},
    "commonLabels": {},
    "externalURL": "https://play.grafana.org/",
    "version": "1",
    "groupKey": "{}:{}",
    "truncatedAlerts": 0,
    "title": "[FIRING:1]",
    "state": "alerting",
    "message": "**Firing**",
}
KUMA = {
    "heartbeat": {
        "monitorID": 7,
        "status": 0,
        "time": "2026-09-14 10:00:00.000",
        "msg": "connect ECONNREFUSED",
        "important": True,
        "duration": 60,
        "timezone": "Asia/Dubai",
    },
    "monitor": {"id": 7, "name": "Client ERP", "url": "https://erp.client.example", "hostname": None, "type": "http"},
    "msg": "[Client ERP] [🔴 Down] connect ECONNREFUSED",
}
DATADOG = {
    "body": "%%%\nNo data from erp.client.example\n%%%",
    "last_updated": "1789380000000",
    "event_type": "query_alert_monitor",
    "title": "[Triggered on {host:erp.client.example}] CPU is high",
    "date": "1789380000000",
    "org": {"id": "11023", "name": "Retainer"},
    "id": "7654321",
}
DATADOG_VARIABLES = {
    "alert_id": "1234",
    "alert_transition": "Triggered",
    "alert_cycle_key": "8461a5c2",
    "alert_title": "[Triggered] CPU is high",
    "alert_priority": "P1",
    "hostname": "erp.client.example",
    "tags": "env:prod,host:erp.client.example",
}
NAGIOS = {
    "NAGIOS_NOTIFICATIONTYPE": "PROBLEM",
    "NAGIOS_HOSTNAME": "erp.client.example",
    "NAGIOS_SERVICEDESC": "HTTPS",
    "NAGIOS_SERVICESTATE": "CRITICAL",
    "NAGIOS_SERVICEOUTPUT": "CRITICAL - Socket timeout",
}
ICINGA = {
    "notification_type": "RECOVERY",
    "host_name": "erp.client.example",
    "service_name": "HTTPS",
    "service_state": "OK",
    "service_output": "HTTP OK",
}
PLAIN = {"id": "42", "state": "firing", "title": "Queue is stuck", "site": "erp.client.example", "severity": "high"}


def one(payload, **changes):
    (alert,) = read({**payload, **changes})
    return alert


def test_alertmanager_sends_many_alerts_at_once_each_with_its_own_state():
    firing, over = read(ALERTMANAGER)
    assert (firing.key, firing.state, firing.title) == (
        "c0ffee0123456789",
        State.FIRING,
        "erp.client.example is down",
    )
    assert firing.hints[0] == "https://erp.client.example"
    assert priority_of(firing.severity) == "P1 Critical"
    assert (over.key, over.state, over.title) == ("deadbeef01234567", State.OVER, "DiskFull")


def test_grafana_names_the_site_in_its_labels():
    alert = one(GRAFANA)
    assert (alert.key, alert.state, alert.title) == ("c6eadffa33fcdf37", State.FIRING, "Memory above 90 %")
    assert alert.hints == ("erp.client.example",)


@pytest.mark.parametrize(("number", "state"), [(0, State.FIRING), (1, State.OVER), (2, State.NEWS), (3, State.NEWS)])
def test_uptime_kuma_tells_down_and_up_of_the_same_monitor(number, state):
    alert = one(KUMA, heartbeat={**KUMA["heartbeat"], "status": number})
    assert (alert.key, alert.state, alert.title) == ("kuma 7", state, "Client ERP")


def test_uptime_kuma_leaves_out_what_a_monitor_has_not():
    """A ping monitor has no address, a push monitor no host, and nobody measured how long it took."""
    beat = {"monitorID": 7, "status": 0, "msg": "", "ping": None, "duration": None, "important": True}
    alert = one(KUMA, heartbeat=beat, monitor={**KUMA["monitor"], "url": "https://", "hostname": None, "tags": None})
    assert (alert.state, alert.text) == (State.FIRING, KUMA["msg"])
    assert one(KUMA, monitor=None).key == "kuma 7"


@pytest.mark.parametrize(
    "text",
    [
        "[Client ERP][https://erp.client.example] server certificate erp.client.example will be expired in 7 days",
        "[Client ERP][https://erp.client.example] Certificate will be expired in 14 days",
        "[Client ERP][https://erp.client.example] intermediate certificate R3 will expire in 21 days",
    ],
)
def test_uptime_kuma_tells_of_a_certificate_in_words_alone(text):
    (alert,) = read({"heartbeat": None, "monitor": None, "msg": text})
    assert (alert.key, alert.state) == ("kuma certificate https://erp.client.example", State.FIRING)
    assert alert.hints == ("https://erp.client.example", "Client ERP")
    assert priority_of(alert.severity) == "P3 Medium"


def test_the_test_message_of_uptime_kuma_is_taken_and_opens_nothing():
    assert read({"heartbeat": None, "monitor": None, "msg": "Testing"}) == ()


def test_the_default_payload_of_datadog_is_told_apart_by_its_title():
    firing = one(DATADOG)
    over = one(DATADOG, title="[Recovered on {host:erp.client.example}] CPU is high", id="7654399")
    assert (firing.state, over.state) == (State.FIRING, State.OVER)
    assert firing.key == over.key == "CPU is high host:erp.client.example"
    assert firing.hints == ("erp.client.example",)
    assert one(DATADOG, title="[Re-Triggered on {host:x}] CPU is high").state is State.FIRING


def test_a_priority_before_the_transition_of_datadog_hides_nothing():
    firing = one(DATADOG, title="[P1] [Triggered on {host:erp.client.example}] CPU is high")
    over = one(DATADOG, title="[P1] [Recovered on {host:erp.client.example}] CPU is high", id="7654399")
    assert (firing.state, over.state, over.title) == (State.FIRING, State.OVER, "CPU is high")
    assert firing.key == over.key == one(DATADOG).key
    assert priority_of(firing.severity) == "P1 Critical"
    assert one(DATADOG, title="[P3] [Recovered] [TEST] CPU is high").state is State.OVER
    assert one(DATADOG, title="[P2] [No data on {host:a,env:b}] CPU is high").hints == ("a",)


def test_one_monitor_of_datadog_for_many_hosts_is_one_alert_for_each():
    keys = {one(DATADOG, title=f"[Triggered on {{host:{host}}}] CPU is high").key for host in ("a", "b")}
    assert len(keys) == 2


def test_a_payload_of_datadog_that_somebody_wrote_himself():
    own = {"id": "1867792", "transition": "Recovered", "type": "success", "msg": "%%%", "link": "https://x.example"}
    alert = one({**own, "title": "[P2] [Recovered on {host:erp.client.example}] CPU is high"})
    assert (alert.key, alert.state) == (one(DATADOG).key, State.OVER)


def test_alerts_of_grafana_without_data_are_named_by_their_rule():
    row = {**GRAFANA["alerts"][0], "annotations": {}}
    row["labels"] = {"alertname": "DatasourceNoData", "rulename": "High memory usage", "ref_id": "A"}
    assert one(GRAFANA, alerts=[row]).title == "High memory usage"


@pytest.mark.parametrize(
    ("word", "state"),
    [("alerting", State.FIRING), ("no_data", State.FIRING), ("ok", State.OVER), ("pending", State.NEWS)],
)
def test_dashboards_of_an_old_grafana_alert_too(word, state):
    alert = one({"ruleId": 5, "ruleName": "Disk", "orgId": 1, "title": "[Alerting] Disk", "evalMatches": [],
                 "tags": {"site": "erp.client.example"}, "state": word, "message": "full"})  # fmt: skip
    assert (alert.key, alert.state, alert.title) == ("grafana rule 5 1", state, "Disk")
    assert alert.hints == ("erp.client.example",)


def test_the_variables_of_datadog_say_it_better():
    alert = one(DATADOG_VARIABLES)
    assert (alert.key, alert.episode, alert.severity) == ("8461a5c2", "8461a5c2", "P1")
    assert "erp.client.example" in alert.hints
    assert one(DATADOG_VARIABLES, alert_transition="Recovered").state is State.OVER
    assert one(DATADOG_VARIABLES, alert_transition="Renotify").state is State.NEWS


def test_nagios_and_icinga_send_the_macros_of_their_commands():
    firing, over = one(NAGIOS), one(ICINGA)
    assert (firing.key, firing.state) == ("erp.client.example!HTTPS", State.FIRING)
    assert (over.key, over.state) == ("erp.client.example!HTTPS", State.OVER)
    assert one({"$NOTIFICATIONTYPE$": "PROBLEM", "$HOSTNAME$": "h", "$HOSTSTATE$": "DOWN"}).severity == "DOWN"
    assert one(NAGIOS, NAGIOS_NOTIFICATIONTYPE="ACKNOWLEDGEMENT").state is State.NEWS


def test_plain_json_needs_an_id_a_state_and_a_title():
    assert one(PLAIN).state is State.FIRING
    assert one(PLAIN, state="resolved").state is State.OVER
    for missing in ("id", "state", "title"):
        with pytest.raises(UnknownAlertFormat):
            read({**PLAIN, missing: ""})


@pytest.mark.parametrize(
    "payload", [None, [], "x", 1, {}, {"alerts": []}, {"alerts": "x", "receiver": 1}, {"monitor": {}}]
)
def test_what_no_tool_sends_is_refused(payload):
    with pytest.raises(UnknownAlertFormat):
        read(payload)


@pytest.mark.parametrize("payload", [ALERTMANAGER, GRAFANA, KUMA, DATADOG, DATADOG_VARIABLES, NAGIOS, ICINGA, PLAIN])
@pytest.mark.parametrize("junk", [None, 1, [], {}, "x", [[1]], {"a": {"b": 1}}])
def test_a_field_that_holds_something_else_breaks_nothing(payload, junk):
    for name in payload:
        try:
            read({**payload, name: junk})
        except UnknownAlertFormat:
            continue


def test_what_nobody_graded_is_urgent():
    assert priority_of("") == "P2 High"
    assert priority_of("Warning") == "P3 Medium"
