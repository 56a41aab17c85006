// The fourteen operations about the members of a cluster, with a client that a generator made of the
// description of the API. That this compiles says that operations have the names they should have,
// and that what can go wrong is known to the compiler; that it runs says that both are true.

import * as onezone from "./onezone.js";

declare const process: { env: { ONEPANEL_API: string; ONEPANEL_ADMIN: string; ONEPANEL_JOE: string } };

onezone.defaults.baseUrl = process.env.ONEPANEL_API;

/** With which somebody shows who it is. */
const by = (token: string) => ({ headers: { "X-Auth-Token": token } });
const admin = by(process.env.ONEPANEL_ADMIN);
const joe = by(process.env.ONEPANEL_JOE);

type Answer = { status: number; data?: unknown };

/** The answer, which must be one of this status; from here on the compiler knows it is. */
function only<A extends Answer, S extends A["status"]>(answer: A, status: S): Extract<A, { status: S }> {
    if (answer.status !== status) {
        throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.data)}`);
    }
    return answer as Extract<A, { status: S }>;
}

function same(got: unknown, expected: unknown): void {
    const [left, right] = [JSON.stringify(got), JSON.stringify(expected)];
    if (left !== right) {
        throw new Error(`expected ${right}, got ${left}`);
    }
}

async function users(): Promise<void> {
    only(await onezone.addClusterUser("lapland", "nils", { privileges: ["cluster_view"] }, admin), 201);
    const direct = only(await onezone.listClusterUsers("lapland", {}, admin), 200).data.users;
    same(direct.includes("nils"), true);
    same(direct.includes("priya"), false);
    const effective = only(await onezone.listClusterEffectiveUsers("lapland", {}, admin), 200).data.users;
    same(effective.includes("nils") && effective.includes("priya"), true);

    const change = { grant: ["cluster_update" as const], revoke: ["cluster_view" as const] };
    only(await onezone.updateUserClusterPrivileges("lapland", "nils", change, admin), 204);
    const held: onezone.ClusterPrivilege[] =
        only(await onezone.listUserClusterPrivileges("lapland", "nils", admin), 200).data.privileges;
    same(held, ["cluster_update"]);
    const all = only(await onezone.listEffectiveUserClusterPrivileges("lapland", "nils", admin), 200);
    same(all.data.privileges, ["cluster_update"]);

    const again = only(await onezone.addClusterUser("lapland", "nils", {}, admin), 409);
    same(again.data.error.id, "relationAlreadyExists");
    only(await onezone.removeClusterUser("lapland", "nils", admin), 204);
    const gone = only(await onezone.listUserClusterPrivileges("lapland", "nils", admin), 404);
    same(gone.data.error.id, "notFound");
}

async function groups(): Promise<void> {
    only(await onezone.addGroupToCluster("lapland", "alumni", { privileges: ["cluster_view"] }, admin), 201);
    const direct = only(await onezone.listClusterGroups("lapland", {}, admin), 200).data.groups;
    same(direct.includes("alumni"), true);
    same(direct.includes("stars"), false);
    const effective = only(await onezone.listClusterEffectiveGroups("lapland", {}, admin), 200).data.groups;
    same(effective.includes("alumni") && effective.includes("stars"), true);

    const change = { grant: ["cluster_add_user" as const] };
    only(await onezone.updateGroupClusterPrivileges("lapland", "alumni", change, admin), 204);
    const held = only(await onezone.listGroupClusterPrivileges("lapland", "alumni", admin), 200);
    same(held.data.privileges, ["cluster_add_user", "cluster_view"]);
    const all = only(await onezone.listEffectiveGroupClusterPrivileges("lapland", "alumni", admin), 200);
    same(all.data.privileges, ["cluster_add_user", "cluster_view"]);
    only(await onezone.removeClusterGroup("lapland", "alumni", admin), 204);
}

async function refusals(): Promise<void> {
    const page = only(await onezone.listClusterUsers("lapland", { limit: 0 }, admin), 400);
    // Every id that there can be here is known, so that none is forgotten.
    const id: "badValueInteger" | "badValueTooLow" | "badValueIdNotFound" | undefined = page.data.error.id;
    same(id, "badValueTooLow");

    // @ts-expect-error: there is no such error here
    same(page.data.error.id === "relationAlreadyExists", false);
    // @ts-expect-error: there is no such privilege
    const unknown = await onezone.updateUserClusterPrivileges("lapland", "joe", { grant: ["fly"] }, admin);
    same(only(unknown, 400).data.error.id, "badValueListNotAllowed");

    const refused = await onezone.updateUserClusterPrivileges("lapland", "joe", { grant: ["cluster_update"] }, joe);
    same(only(refused, 403).data.error.id, "forbidden");
    const nobody = await onezone.listClusterUsers("lapland");
    same(only(nobody, 401).data.error.id, "unauthorized");
}

await users();
await groups();
await refusals();
