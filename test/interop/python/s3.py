"""Serves S3 on a free port, in memory, and says where; until its input ends."""

import json
import sys

import boto3
from moto.server import ThreadedMotoServer

request = json.loads(sys.argv[1])
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://{host}:{port}"
keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
boto3.client("s3", endpoint_url=endpoint, **keys).create_bucket(Bucket=request["bucket"])
print(json.dumps({"endpoint": endpoint}), flush=True)
sys.stdin.read()
server.stop()
