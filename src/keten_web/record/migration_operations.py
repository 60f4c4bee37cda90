# SPDX-License-Identifier: EUPL-1.2
"""Many triggers in one step of a migration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


class AddTriggers(Operation):
    """Add triggers to the tables of an app, as one step.

    After every step Django works out again what all related models look like, and in the record everything is related.
    With a step per trigger a new database took half a minute; so all triggers of an app are one.
    """

    def __init__(self, triggers: Sequence[AddTrigger]) -> None:
        self.triggers = triggers

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Write the triggers down at their models."""
        for step in self.triggers:
            options = state.models[app_label, step.model_name].options
            options["triggers"] = [*options.get("triggers", ()), step.trigger]
        if "apps" in state.__dict__:
            state.reload_models(list({(app_label, step.model_name) for step in self.triggers}), delay=True)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Add each trigger."""
        for step in self.triggers:
            step.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take each trigger away."""
        for step in reversed(self.triggers):
            step.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Tell what the step does."""
        return f"Create {len(self.triggers)} triggers"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Give what the step is made of."""
        return type(self).__name__, [], {"triggers": self.triggers}
