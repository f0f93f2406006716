/// Names that a protocol asks for: who implements them may be called through it.
enum Requirements {
    /// Those of protocols that come with the compiler.
    private static let compiler: Set<String> = [
        "CodingKeys", "allCases", "allKeys", "appendInterpolation", "body", "codingPath", "count", "currentIndex",
        "customMirror", "debugDescription", "decodeNil",
        "description", "encode", "endIndex", "enqueue", "errorDescription", "hash", "index", "intValue", "isAtEnd",
        "makeAsyncIterator", "makeIterator", "nestedContainer", "nestedUnkeyedContainer", "next", "rawValue",
        "startIndex",
        "stringValue", "superDecoder", "superEncoder", "unkeyedContainer", "unownedExecutor", "userInfo",
    ]

    /// Those of protocols of packages: commands, logging, metrics, services, channels.
    private static let packages: Set<String> = [
        "configuration", "run", "validate",
        "log", "logLevel", "metadata", "metadataProvider",
        "decrement", "destroyCounter", "destroyFloatingPointCounter", "destroyMeter", "destroyRecorder", "destroyTimer",
        "makeCounter", "makeFloatingPointCounter", "makeMeter", "makeRecorder", "makeTimer",
        "InboundIn", "InboundOut", "OutboundIn", "OutboundOut", "channelActive", "channelInactive", "channelRead",
        "channelReadComplete", "channelWritabilityChanged", "errorCaught", "handlerAdded", "handlerRemoved",
        "triggerUserOutboundEvent", "userInboundEventTriggered", "write", "flush",
    ]

    static let known = compiler.union(packages)

    /// With those of the protocols that stand in `files`.
    static func names(in files: [SourceFile]) -> Set<String> {
        var names = known
        for file in files {
            for declaration in file.declarations {
                guard let around = declaration.enclosing.last, file.declarations[around].kind == .protocolType else {
                    continue
                }
                names.insert(declaration.name)
            }
        }
        return names
    }
}
