"""What schemathesis is told about the panel it asks: what exists there, and what has to stay.

Everything else it takes from the description of the API. Made-up ids name nothing, so that without
this nearly every answer would be `notFound`.
"""

import atexit
import json
import os
from collections import Counter

import schemathesis

GIVEN = json.loads(os.environ["ONEPANEL_FUZZ_GIVEN"])
# Ids of what is there, by what it is.
IDS = GIVEN["ids"]
# Texts that mean something in bodies and queries, by the name of the field.
FIELDS = GIVEN["fields"]
# The caller and its token.
PROTECTED = set(GIVEN["protected"])
# Where to write how many answers there were of each status.
COUNT = GIVEN["count"]

# What ends the run if it meets the caller. Whatever deletes does so as well.
ENDING = {
    "change_user_basic_auth_settings",
    "modify_named_token",
    "set_user_access_block",
    "update_user_admin_privileges",
}

# The last word before a parameter says what it names, but for these.
WORDS = {
    "children": "groups",
    "parents": "groups",
    "named": "tokens",
    "name": "names",
    "providers": "clusters",
}

answers = Counter()


def or_one_of(schema, values):
    return {"anyOf": [schema, {"type": "string", "enum": values}]}


def named_by(path, parameter):
    before = path.split("/{" + parameter + "}")[0].rsplit("/", 1)[-1].split("_")[-1]
    return IDS[WORDS.get(before, before)]


def widen_parameter(path, parameter):
    name, schema = parameter["name"], parameter["schema"]
    if parameter["in"] == "path":
        # Anything else comes up as well, where values are made up that break the description.
        parameter["schema"] = {"type": "string", "enum": [*named_by(path, name), "nobody"]}
    elif name in FIELDS and schema["type"] == "array":
        schema["items"] = or_one_of(schema["items"], FIELDS[name])
    elif name in FIELDS:
        parameter["schema"] = or_one_of(schema, FIELDS[name])


def widen_fields(schema):
    """Lets texts of the names in FIELDS have the values there, in this schema and those inside."""
    if isinstance(schema, list):
        for part in schema:
            widen_fields(part)
    if isinstance(schema, dict):
        fields = schema.get("properties", {})
        for name in fields.keys() & FIELDS.keys():
            if "string" in fields[name].get("type", "") and "enum" not in fields[name]:
                fields[name] = or_one_of(fields[name], FIELDS[name])
        for part in schema.values():
            widen_fields(part)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for path, operations in raw_schema["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                widen_parameter(path, parameter)
    widen_fields(raw_schema["components"]["schemas"])


def spared(value):
    if isinstance(value, list):
        return [spared(one) for one in value]
    # Members are named `user:ID`.
    return "nobody" if str(value).removeprefix("user:") in PROTECTED else value


@schemathesis.hook
def before_call(context, case, kwargs):
    id = case.operation.definition.raw.get("operationId")
    if case.method.upper() == "DELETE" or id in ENDING:
        for values in (case.path_parameters, case.query):
            if isinstance(values, dict):
                values.update({name: spared(value) for name, value in values.items()})


@schemathesis.hook
def after_call(context, case, response):
    answers[str(response.status_code)] += 1
    # A long run that is broken off has counted what there was until then.
    if answers.total() % 100 == 0:
        write_count()


@atexit.register
def write_count():
    with open(COUNT, "w", encoding="utf-8") as file:
        json.dump(answers, file)
