import Model
import Store

/// Reads and writes members of images, inside the caller's transaction.
enum MemberBook {
    /// Those that the caller may see: the owner's and administrators' all, a member its own.
    static func list(
        of image: Image, for scope: ImageScope, in transaction: any Transaction
    ) throws -> [ImageMember] {
        try transaction.all(
            """
            SELECT \(ImageMember.columns) FROM image_members m
            WHERE m.image = \(image.id) AND \(visible(of: image, for: scope)) ORDER BY m.created_at, m.member
            """
        ) { row in try ImageMember(row) }
    }

    static func find(
        _ member: ProjectID, of image: Image, for scope: ImageScope, in transaction: any Transaction
    ) throws -> ImageMember? {
        try transaction.first(
            """
            SELECT \(ImageMember.columns) FROM image_members m
            WHERE m.image = \(image.id) AND m.member = \(member) AND \(visible(of: image, for: scope))
            """
        ) { row in try ImageMember(row) }
    }

    static func count(of image: ImageID, in transaction: any Transaction) throws -> Int {
        try transaction.first("SELECT COUNT(*) FROM image_members WHERE image = \(image)") { row in try row[0] } ?? 0
    }

    /// False where the project is a member already.
    static func insert(_ member: ImageMember, in transaction: any Transaction) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO image_members (image, member, status, created_at, updated_at)
            VALUES (\(member.image), \(member.member), \(member.status.rawValue), \(member.created), \(member.updated))
            ON CONFLICT (image, member) DO NOTHING
            """) == 1
    }

    static func save(_ member: ImageMember, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE image_members SET status = \(member.status.rawValue), updated_at = \(member.updated)
            WHERE image = \(member.image) AND member = \(member.member)
            """)
    }

    static func delete(_ member: ImageMember, in transaction: any Transaction) throws {
        try transaction.execute(
            "DELETE FROM image_members WHERE image = \(member.image) AND member = \(member.member)")
    }

    private static func visible(of image: Image, for scope: ImageScope) -> SQL {
        if scope.seesAll || (image.owner != nil && image.owner == scope.project) { return "1 = 1" }
        return scope.project.map { "m.member = \($0)" } ?? "1 = 0"
    }
}
