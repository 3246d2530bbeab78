"""The settings that keep Celery from being a second source of truth (docs/decisions/0004)."""

from config.celery import app


def test_a_task_is_stopped_before_the_broker_would_deliver_it_again() -> None:
    conf = app.conf

    assert conf.task_soft_time_limit < conf.task_time_limit < conf.broker_transport_options["visibility_timeout"]


def test_ab_20_only_json_is_taken_and_sent() -> None:
    conf = app.conf

    assert list(conf.accept_content) == ["json"]
    assert conf.task_serializer == "json"


def test_results_stay_in_the_database() -> None:
    conf = app.conf

    assert conf.result_backend is None
    assert conf.task_ignore_result


def test_the_job_table_alone_decides_what_runs_again() -> None:
    conf = app.conf

    assert conf.task_acks_late
    assert not conf.task_reject_on_worker_lost
    assert not conf.task_publish_retry


def test_a_frozen_broker_is_noticed_within_seconds() -> None:
    options = app.conf.broker_transport_options

    assert options["socket_timeout"] <= 2
    assert options["socket_connect_timeout"] <= 2


def test_a_worker_knows_one_task_of_ours() -> None:
    app.autodiscover_tasks(force=True)

    ours = [name for name in app.tasks if not name.startswith("celery.")]

    assert ours == ["jobs.tasks.execute"]
