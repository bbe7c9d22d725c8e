// grpc.reflection v1 and v1alpha, so that grpcurl and `buf curl` can list and call without the .proto files. Both versions have the same messages.

import { type DescExtension, type DescFile, type DescMessage, type DescService, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, type ServiceImpl } from "@connectrpc/connect";
import { ServerReflection, type ServerReflectionRequest } from "../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionV1alpha } from "../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import type { Route } from "./route.ts";

export function reflectionRoutes(services: readonly DescService[]): Route[] {
  const listed: DescService[] = [...services, ServerReflection, ServerReflectionV1alpha];
  const known = indexOf(listed);
  const serverReflectionInfo: ServiceImpl<typeof ServerReflection>["serverReflectionInfo"] = async function* (
    requests,
  ) {
    for await (const request of requests) {
      yield {
        validHost: request.host,
        originalRequest: request,
        messageResponse: answer(request.messageRequest, listed, known),
      };
    }
  };
  const implementation = { serverReflectionInfo };
  return [
    { service: ServerReflection, implementation, access: "open" },
    { service: ServerReflectionV1alpha, implementation, access: "open" },
  ];
}

function answer(request: ServerReflectionRequest["messageRequest"], listed: readonly DescService[], known: Index) {
  switch (request.case) {
    case "listServices":
      return {
        case: "listServicesResponse" as const,
        value: { service: listed.map(({ typeName }) => ({ name: typeName })) },
      };
    case "fileByFilename":
      return filesFor(known.files.get(request.value), request.value);
    case "fileContainingSymbol":
      return filesFor(known.symbols.get(request.value), request.value);
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = request.value;
      const extension = known.extensions.find(
        (each) => each.extendee.typeName === containingType && each.number === extensionNumber,
      );
      return filesFor(extension?.file, `extension ${extensionNumber} of ${containingType}`);
    }
    case "allExtensionNumbersOfType": {
      const numbers = known.extensions
        .filter((each) => each.extendee.typeName === request.value)
        .map((each) => each.number);
      return {
        case: "allExtensionNumbersResponse" as const,
        value: { baseTypeName: request.value, extensionNumber: numbers },
      };
    }
    default:
      return unknown("an empty request");
  }
}

function filesFor(file: DescFile | undefined, asked: string) {
  if (file === undefined) return unknown(asked);
  const closure = new Set<DescFile>();
  const add = (each: DescFile) => {
    if (closure.has(each)) return;
    closure.add(each);
    each.dependencies.forEach(add);
  };
  add(file);
  const fileDescriptorProto = [...closure].map((each) => toBinary(FileDescriptorProtoSchema, each.proto));
  return { case: "fileDescriptorResponse" as const, value: { fileDescriptorProto } };
}

function unknown(asked: string) {
  return {
    case: "errorResponse" as const,
    value: { errorCode: Code.NotFound as number, errorMessage: `${asked} is not known here` },
  };
}

type Index = { files: Map<string, DescFile>; symbols: Map<string, DescFile>; extensions: DescExtension[] };

function indexOf(services: readonly DescService[]): Index {
  const index: Index = { files: new Map(), symbols: new Map(), extensions: [] };
  const addMessage = (message: DescMessage) => {
    index.symbols.set(message.typeName, message.file);
    for (const field of message.fields) index.symbols.set(`${message.typeName}.${field.name}`, message.file);
    for (const nested of message.nestedEnums) index.symbols.set(nested.typeName, message.file);
    index.extensions.push(...message.nestedExtensions);
    message.nestedMessages.forEach(addMessage);
  };
  const addFile = (file: DescFile) => {
    if (index.files.has(file.proto.name)) return;
    index.files.set(file.proto.name, file);
    file.dependencies.forEach(addFile);
    file.messages.forEach(addMessage);
    index.extensions.push(...file.extensions);
    for (const named of [...file.enums, ...file.extensions, ...file.services]) index.symbols.set(named.typeName, file);
    for (const service of file.services) {
      for (const method of service.methods) index.symbols.set(`${service.typeName}.${method.name}`, file);
    }
  };
  for (const service of services) addFile(service.file);
  return index;
}
