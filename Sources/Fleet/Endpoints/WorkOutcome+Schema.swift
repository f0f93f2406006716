public import API
public import Link
import Model

extension WorkOutcome: SchemaProviding {
    /// With the details of the party `devices`, which the first releases know; those of others are theirs.
    public static let schema = Schema.object(
        ObjectSchema(
            [
                .init("status", .oneOfTexts(["done", "failed"])), .init("reason", .nullable(.string), required: false),
                .init("cleaning", .nullable(.object(ObjectSchema([], others: .ignored))), required: false),
                .init("programming", .nullable(.of(ProgrammingRecord.self)), required: false),
            ], others: .ignored))
}
