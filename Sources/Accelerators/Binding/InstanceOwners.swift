import Model
import Store

/// The owners of instances that have, or had, accelerators.
///
/// At an evacuation the compute service deletes an instance's requests and creates new ones with the administrator's
/// token. They still belong to the instance's owner: the project that first bound for it.
enum InstanceOwners {
    static func of(
        _ instances: [InstanceID], in transaction: any Transaction
    ) throws -> [InstanceID: ProjectID] {
        let rows = try transaction.all(
            "SELECT instance, project FROM instance_owners WHERE instance IN \(list: Array(Set(instances)))"
        ) { row in
            let instance: InstanceID = try row[0]
            let project: ProjectID = try row[1]
            return (instance, project)
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// The first owner stays. It is kept for as long after `now` as events are.
    static func remember(
        _ project: ProjectID, of instance: InstanceID, at now: Timestamp, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO instance_owners (instance, project, at) VALUES (\(instance), \(project), \(now))
            ON CONFLICT (instance) DO UPDATE SET at = excluded.at
            """)
    }

    /// Records that its requests were deleted, because an evacuation may create others at once.
    static func touch(_ instance: InstanceID, at now: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE instance_owners SET at = \(now) WHERE instance = \(instance)")
    }

    /// Deletes up to `most` owners without requests that were last used before `limit`; returns how many.
    static func prune(before limit: Timestamp, most: Int = 1000, in transaction: any Transaction) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM instance_owners WHERE instance IN (
                SELECT o.instance FROM instance_owners o WHERE o.at < \(limit) AND NOT EXISTS (
                    SELECT 1 FROM accelerator_requests r WHERE r.instance = o.instance)
                LIMIT \(most))
            """)
    }
}
