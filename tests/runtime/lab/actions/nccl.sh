#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# NCCL, its tests and its plugin for EFA out of their sources, as the script published for ParallelCluster does.
set -exo pipefail

nccl=${1:-v2.21.5-1}
plugin=${2:-v1.9.1-aws}

if [ ! -d /opt/nccl ]; then
	git clone --single-branch --branch "$nccl" https://github.com/NVIDIA/nccl.git /opt/nccl
	cd /opt/nccl
	make -j src.build NVCC_GENCODE="-gencode=arch=compute_80,code=sm_80"
fi
if [ ! -d /opt/nccl-tests ]; then
	git clone --depth=1 https://github.com/NVIDIA/nccl-tests.git /opt/nccl-tests
	cd /opt/nccl-tests
	export LD_LIBRARY_PATH=/opt/amazon/efa/lib:$LD_LIBRARY_PATH
	make -j "$(nproc)" MPI=1 MPI_HOME=/opt/amazon/openmpi NCCL_HOME=/opt/nccl/build CUDA_HOME=/usr/local/cuda
fi
if [ ! -d /opt/aws-ofi-nccl ]; then
	git clone -b "$plugin" --depth=1 https://github.com/aws/aws-ofi-nccl.git /opt/aws-ofi-nccl
	cd /opt/aws-ofi-nccl
	./autogen.sh
	./configure --with-libfabric=/opt/amazon/efa --with-mpi=/opt/amazon/openmpi --with-cuda=/usr/local/cuda \
		--prefix=/opt/aws-ofi-nccl
	make -j "$(nproc)"
	make install
fi
