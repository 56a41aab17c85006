// The fourteen operations about the members of a cluster, with a client that a generator made of the
// description of the API. That this compiles says that operations have the names they should have,
// and that what can go wrong is known to the compiler; that it runs says that both are true.

import * as onezone from "./onezone.js";

declare const process: { env: { ONEPANEL_API: string; ONEPANEL_ADMIN: string; ONEPANEL_JOE: string } };

onezone.defaults.baseUrl = process.env.ONEPANEL_API;

/** With which somebody shows who it is. */
const by = (token: string) => ({ headers: { "X-Auth-Token": token } });
const admin = by(process.env.ONEPANEL_ADMIN);
const member = by(process.env.ONEPANEL_JOE);

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
    const id = "lapland";
    const nils = { id, member: "nils" };
    const added = { ...nils, clusterNewMember: { privileges: ["cluster_view" as const] } };
    only(await onezone.addClusterUser(added, admin), 201);
    const direct = only(await onezone.listClusterUsers({ id }, admin), 200).data.users;
    same([direct.includes("nils"), direct.includes("priya")], [true, false]);
    const effective = only(await onezone.listClusterEffectiveUsers({ id }, admin), 200).data.users;
    same([effective.includes("nils"), effective.includes("priya")], [true, true]);

    const difference = { grant: ["cluster_update" as const], revoke: ["cluster_view" as const] };
    const change = { ...nils, clusterPrivilegesDifference: difference };
    only(await onezone.updateUserClusterPrivileges(change, admin), 204);
    const held: onezone.ClusterPrivilege[] =
        only(await onezone.listUserClusterPrivileges(nils, admin), 200).data.privileges;
    same(held, ["cluster_update"]);
    const all = only(await onezone.listEffectiveUserClusterPrivileges(nils, admin), 200);
    same(all.data.privileges, ["cluster_update"]);

    const again = only(await onezone.addClusterUser(added, admin), 409);
    same(again.data.error.id, "relationAlreadyExists");
    only(await onezone.removeClusterUser(nils, admin), 204);
    const gone = only(await onezone.listUserClusterPrivileges(nils, admin), 404);
    same(gone.data.error.id, "notFound");
}

async function groups(): Promise<void> {
    const id = "lapland";
    const alumni = { id, member: "alumni" };
    const added = { ...alumni, clusterNewMember: { privileges: ["cluster_view" as const] } };
    only(await onezone.addGroupToCluster(added, admin), 201);
    const direct = only(await onezone.listClusterGroups({ id }, admin), 200).data.groups;
    same([direct.includes("alumni"), direct.includes("stars")], [true, false]);
    const effective = only(await onezone.listClusterEffectiveGroups({ id }, admin), 200).data.groups;
    same([effective.includes("alumni"), effective.includes("stars")], [true, true]);

    const difference = { grant: ["cluster_add_user" as const] };
    const change = { ...alumni, clusterPrivilegesDifference: difference };
    only(await onezone.updateGroupClusterPrivileges(change, admin), 204);
    const held = only(await onezone.listGroupClusterPrivileges(alumni, admin), 200);
    same(held.data.privileges, ["cluster_add_user", "cluster_view"]);
    const all = only(await onezone.listEffectiveGroupClusterPrivileges(alumni, admin), 200);
    same(all.data.privileges, ["cluster_add_user", "cluster_view"]);
    only(await onezone.removeClusterGroup(alumni, admin), 204);
    const gone = only(await onezone.removeClusterGroup(alumni, admin), 404);
    same(gone.data.error.id, "notFound");
}

async function refusals(): Promise<void> {
    const page = only(await onezone.listClusterUsers({ id: "lapland", limit: 0 }, admin), 400);
    // Every id that there can be here is known, so that none is forgotten.
    const id: "badValueInteger" | "badValueTooLow" | "badValueIdNotFound" | undefined = page.data.error.id;
    same(id, "badValueTooLow");
    // @ts-expect-error: there is no such error here
    same(page.data.error.id === "relationAlreadyExists", false);

    const joe = { id: "lapland", member: "joe" };
    const unknown = { ...joe, clusterPrivilegesDifference: { grant: ["fly" as const] } };
    // @ts-expect-error: there is no such privilege
    const flown = await onezone.updateUserClusterPrivileges(unknown, admin);
    same(only(flown, 400).data.error.id, "badValueListNotAllowed");

    const more = { ...joe, clusterPrivilegesDifference: { grant: ["cluster_update" as const] } };
    const refused = only(await onezone.updateUserClusterPrivileges(more, member), 403);
    same(refused.data.error.id, "forbidden");
    const nobody = only(await onezone.listClusterUsers({ id: "lapland" }), 401);
    same(nobody.data.error.id, "unauthorized");
}

await users();
await groups();
await refusals();
