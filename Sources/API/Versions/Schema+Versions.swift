import Model

extension Schema {
    /// What is left of it in a version: without the members that come later or went before. Nil is all of them.
    func at(_ version: Microversion?) -> Schema {
        guard let version else { return self }
        return mapObjects { object in
            let left = object.properties.filter { $0.isLive(in: version) }
            if left.count == object.properties.count { return object }
            return ObjectSchema(left, others: object.others, minProperties: object.minProperties)
        }
    }

    /// An object's schema with the first versions of its members, and the first without them.
    func since(_ versions: [String: APIVersion], gone: [String: APIVersion] = [:]) -> Schema {
        guard case .object(let object) = self else { return self }
        let properties = object.properties.map {
            ObjectSchema.Property(
                $0.name, $0.schema, required: $0.isRequired, from: versions[$0.name]?.number ?? $0.since,
                goneSince: gone[$0.name]?.number ?? $0.goneSince)
        }
        return .object(ObjectSchema(properties, others: object.others, minProperties: object.minProperties))
    }

    /// The same with each object in it changed, from the inmost outwards.
    ///
    /// - Parameter inMaps: whether those are meant, too, that are the values of an object with any keys
    func mapObjects(inMaps: Bool = true, _ change: (ObjectSchema) -> ObjectSchema) -> Schema {
        switch self {
        case .array(let element, let minItems, let maxItems, let unique):
            return .array(
                of: element.mapObjects(inMaps: inMaps, change), minItems: minItems, maxItems: maxItems, unique: unique)
        case .nullable(let schema): return .nullable(schema.mapObjects(inMaps: inMaps, change))
        case .anyOf(let schemas): return .anyOf(schemas.map { $0.mapObjects(inMaps: inMaps, change) })
        case .named(let name, let schema): return .named(name, schema.mapObjects(inMaps: inMaps, change))
        case .object(let object):
            let properties = object.properties.map {
                ObjectSchema.Property(
                    $0.name, $0.schema.mapObjects(inMaps: inMaps, change), required: $0.isRequired, from: $0.since,
                    goneSince: $0.goneSince)
            }
            var others = object.others
            if inMaps, case .each(let pattern, let schema) = others {
                others = .each(keyPattern: pattern, schema.mapObjects(change))
            }
            return .object(change(ObjectSchema(properties, others: others, minProperties: object.minProperties)))
        default: return self
        }
    }
}
